package mos.plugin.uki;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.spi.boot.BootkitBuilder;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.SigningKey;

/** Bootkits by dracut and ukify, media by mtools, sgdisk and xorriso. */
public final class UkiBootkitBuilder implements BootkitBuilder {
  /** Made by {@link java.util.ServiceLoader}. */
  public UkiBootkitBuilder() {}

  @Override
  public void build(BootkitRequest request, Path output, EventSink events) {
    BootkitBuild.build(request, output);
  }

  @Override
  public void rework(
      Path bootkit,
      List<String> commandLine,
      Map<String, Bytes> files,
      boolean tools,
      SigningKey key,
      Path output,
      EventSink events) {
    MediumUki.make(bootkit, commandLine, files, tools, key, output);
  }

  @Override
  public void medium(MediumRequest request, MediumFormat format, Path output, EventSink events) {
    Medium.make(request, format, output);
  }

  @Override
  public Digest predictPcr7(FirmwareKeys keys, List<FirmwareCertificate> signers) {
    return SecureBoot.pcr7(keys, signers);
  }

  @Override
  public void writeEnrollment(Enrollment enrollment, Path directory) {
    SecureBoot.write(enrollment, directory);
  }
}
