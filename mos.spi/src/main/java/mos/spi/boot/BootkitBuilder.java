package mos.spi.boot;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.SigningKey;

/**
 * Makes what firmware starts, and says what firmware measures of it. One provider per program, in
 * the admin image only. The same inputs give the same bytes.
 */
public interface BootkitBuilder {
  /**
   * What a bootkit is made of.
   *
   * @param id the bootkit's, see {@link Bootkit}
   * @param root a root directory with a kernel, its modules, dracut, ukify, the stub and
   *     systemd-boot
   * @param runtime the linked initrd image
   * @param manifestAuthority PEM of the manifest CA
   * @param policies what opens the machine's secrets, as {@code mos.formats} writes it
   * @param commandLine more kernel arguments
   * @param loaderKey signs the boot loader
   * @param ukiKey signs the UKI
   */
  record BootkitRequest(
      String id,
      Path root,
      Path runtime,
      Bytes manifestAuthority,
      Bytes policies,
      List<String> commandLine,
      SigningKey loaderKey,
      SigningKey ukiKey) {}

  /**
   * Makes a bootkit. The root directory is not changed.
   *
   * @param output an empty directory, in which the files lie as {@link Bootkit} says
   * @throws mos.spi.MosException INVALID when the root lacks something, naming it; MISSING when a
   *     tool of this machine is not installed; USAGE for anybody but root
   */
  void build(BootkitRequest request, Path output, EventSink events);

  /**
   * A UKI of a bootkit with another command line, further files and another signer.
   *
   * @param bootkit the files of a bootkit, as {@link #build} makes them
   * @param commandLine all of it
   * @param files further files of its initrd, which root alone may read: absolute path there, not
   *     below a link such as {@code /bin}, and content
   * @param tools whether it gets the tools that install a machine
   * @param key signs it
   * @param output the UKI's file
   */
  void rework(
      Path bootkit,
      List<String> commandLine,
      Map<String, Bytes> files,
      boolean tools,
      SigningKey key,
      Path output,
      EventSink events);

  /** The name of the partition, or of the disc, that a medium's content is on. */
  String MEDIUM = "mos-medium";

  /** The form of a medium. */
  enum MediumFormat {
    /** A disk with a GPT. */
    RAW,
    /** The same, also readable as an optical disc. */
    ISO
  }

  /**
   * What a bootable medium is made of.
   *
   * @param loader the signed boot loader
   * @param uki the signed UKI
   * @param enrollment keys for firmware in setup mode; empty for none
   * @param content a directory whose files a file system labelled {@link #MEDIUM} holds: the second
   *     partition of a disk, the whole of a disc; empty for none
   */
  record MediumRequest(
      Path loader, Path uki, Optional<Enrollment> enrollment, Optional<Path> content) {}

  /**
   * Keys for firmware in setup mode.
   *
   * @param keys the databases
   * @param platformKey signs the update of PK and KEK
   * @param exchangeKey signs the update of db
   */
  record Enrollment(FirmwareKeys keys, SigningKey platformKey, SigningKey exchangeKey) {}

  /**
   * Makes a bootable medium.
   *
   * @param output its file, which is there when all of it is
   */
  void medium(MediumRequest request, MediumFormat format, Path output, EventSink events);

  /**
   * PCR 7 of the SHA-256 bank after firmware with these keys, and secure boot on, has started
   * images by these signers, in this order (TCG PC Client Platform Firmware Profile 1.06, 3.3.4.8).
   */
  Digest predictPcr7(FirmwareKeys keys, List<FirmwareCertificate> signers);

  /**
   * Writes the databases for firmware and tools that enroll them: {@code PK.auth}, {@code
   * KEK.auth}, {@code db.auth} (UEFI 2.10, 8.2.2, EFI_VARIABLE_AUTHENTICATION_2) and {@code PK.esl}
   * and so on.
   */
  void writeEnrollment(Enrollment enrollment, Path directory);
}
