package mos.testkit.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real firmware believes the variables that we write. */
@Tag("vm")
class SecureBootTest {
  private static final UUID OWNER = UUID.fromString("6d6f7300-0000-4000-8000-000000000001");
  private static final Duration BOOT = Duration.ofMinutes(2);
  private static final String STARTED = "systemd-boot|Boot in|Reboot Into Firmware|No loader found";
  private static final String REFUSED =
      "failed to load Boot[0-9]+ .*: (Access Denied|Security Violation)";

  @RegisterExtension static final MachineRoom room = new MachineRoom();

  private final GuestMaterial material = GuestMaterial.prepared();

  @BeforeAll
  static void makeKeys() {
    for (String name : new String[] {"platform", "exchange", "first", "second", "rogue"}) {
      Program.run(
          "openssl",
          "req",
          "-x509",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-subj",
          "/CN=" + name,
          "-days",
          "3650",
          "-keyout",
          key(name).toString(),
          "-out",
          certificate(name).toString());
    }
  }

  @Test
  void aProgramWithoutASignatureIsRefused() {
    VirtualMachine machine =
        room.machine("unsigned")
            .firmware(enrolled().write(room.file("unsigned.vars")))
            .disk(medium("unsigned", material.systemdBoot()))
            .start();
    machine.await(REFUSED, BOOT);
  }

  @Test
  void aProgramSignedByAnotherKeyIsRefused() {
    VirtualMachine machine =
        room.machine("rogue")
            .firmware(enrolled().write(room.file("rogue.vars")))
            .disk(medium("rogue", signed("rogue")))
            .start();
    machine.await(REFUSED, BOOT);
  }

  @Test
  void aProgramSignedByAForbiddenKeyIsRefused() {
    FirmwareVariables variables = enrolled().forbid(OWNER, read("second"));
    VirtualMachine machine =
        room.machine("forbidden")
            .firmware(variables.write(room.file("forbidden.vars")))
            .disk(medium("forbidden", signed("second")))
            .start();
    machine.await(REFUSED, BOOT);
  }

  @Test
  void aProgramSignedByEitherAllowedKeyStarts() {
    for (String name : new String[] {"first", "second"}) {
      VirtualMachine machine =
          room.machine(name)
              .firmware(enrolled().write(room.file(name + ".vars")))
              .disk(medium(name, signed(name)))
              .start();
      machine.await(STARTED, BOOT);
      machine.close();
    }
  }

  @Test
  void withoutSecureBootEverythingStarts() {
    VirtualMachine machine =
        room.machine("off")
            .firmware(enrolled().secureBoot(false).write(room.file("off.vars")))
            .disk(medium("off", material.systemdBoot()))
            .start();
    machine.await(STARTED, BOOT);
  }

  @Test
  void aGuestSeesTheStateOfItsFirmware() {
    assertEquals("SecureBoot 1 SetupMode 0", state("enrolled", enrolled()));
    assertEquals("SecureBoot 0 SetupMode 0", state("disabled", enrolled().secureBoot(false)));
    assertEquals("SecureBoot 0 SetupMode 1", state("setup", new FirmwareVariables()));
  }

  /** QEMU's -kernel under UEFI is checked as any program is: it is signed. */
  private String state(String name, FirmwareVariables variables) {
    VirtualMachine machine =
        room.machine(name)
            .firmware(variables.write(room.file(name + ".vars")))
            .kernel(signedKernel(), material.probe(), "quiet")
            .start();
    machine.await("probe: ready", BOOT);
    String read =
        "for n in SecureBoot SetupMode; do echo $n $(od -An -tu1 -j4"
            + " /sys/firmware/efi/efivars/$n-8be4df61-93ca-11d2-aa0d-00e098032b8c); done";
    String state = machine.shell(read, BOOT).replace('\n', ' ');
    machine.close();
    assertFalse(state.isEmpty());
    return state;
  }

  private static FirmwareVariables enrolled() {
    return new FirmwareVariables()
        .platformKey(OWNER, read("platform"))
        .keyExchangeKey(OWNER, read("exchange"))
        .allow(OWNER, read("first"))
        .allow(OWNER, read("second"));
  }

  private Path signed(String name) {
    return sign(material.systemdBoot(), name, room.file(name + ".efi"));
  }

  private Path signedKernel() {
    return sign(material.kernel(), "first", room.file("kernel.efi"));
  }

  private static Path sign(Path program, String name, Path target) {
    Program.run(
        "sbsign",
        "--key",
        key(name).toString(),
        "--cert",
        certificate(name).toString(),
        "--output",
        target.toString(),
        program.toString());
    return target;
  }

  /** A file system over the whole disk, with the program where firmware looks for it. */
  private static Disk medium(String name, Path program) {
    Disk disk = Disk.empty(room.file(name + ".raw"), 64 << 20, "medium");
    String image = disk.image().toString();
    Program.run("mkfs.vfat", "-F", "32", image);
    Program.run("mmd", "-i", image, "::/EFI", "::/EFI/BOOT");
    Program.run("mcopy", "-i", image, program.toString(), "::/EFI/BOOT/BOOTX64.EFI");
    return disk;
  }

  private static Path key(String name) {
    return room.file(name + ".key");
  }

  private static Path certificate(String name) {
    return room.file(name + ".pem");
  }

  private static X509Certificate read(String name) {
    try (InputStream file = Files.newInputStream(certificate(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
