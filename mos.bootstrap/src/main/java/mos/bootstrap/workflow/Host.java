package mos.bootstrap.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.formats.ImageManifestFormat;
import mos.formats.InstallManifestFormat;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.HostDirectories;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.VerificationGate;

/**
 * A machine: its directories and whom it trusts.
 *
 * @param directories where it keeps its things
 * @param authority the manifest CA's certificate file, the only one that counts
 */
public record Host(HostDirectories directories, Path authority) {
  /** Where a provisioned machine has its SUDI certificate. */
  private static final String SUDI = "factory/secure/server.crt";

  private static final Pattern PID = Pattern.compile("(?:^|[ ,=#])PID:([0-9A-Fa-f-]{36})(?: |,|$)");
  private static final long MAX_AUTHORITY = 1 << 20;

  /** The gate of this machine. */
  VerificationGate gate(PluginCatalog plugins) {
    return new VerificationGate(
        plugins.verifiers(),
        new TrustAnchors(authority.toString(), read(authority)),
        InstallManifestFormat::parse,
        ImageManifestFormat::parse,
        Clock.systemUTC());
  }

  private static Bytes read(Path file) {
    try {
      if (Files.notExists(file)) {
        throw MosException.notFound(
            file + ": there is no manifest CA certificate; name it with --ca FILE");
      }
      if (Files.size(file) > MAX_AUTHORITY) {
        throw MosException.invalid(file + ": is too large for a CA certificate");
      }
      return Bytes.copyOf(Files.readAllBytes(file));
    } catch (IOException e) {
      throw MosException.io("cannot read the manifest CA certificate " + file, e);
    }
  }

  /**
   * The product that this machine was provisioned as: its SUDI certificate's serialNumber is {@code
   * PID:<product> SN:<machine>}.
   *
   * @return empty when the machine has no SUDI certificate
   */
  Optional<UUID> product() {
    Path file = directories.root().resolve(SUDI);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try (InputStream stream = Files.newInputStream(file)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
      // OID 2.5.4.5 is serialNumber; RFC 2253 would show it as bytes without the name.
      String subject =
          certificate
              .getSubjectX500Principal()
              .getName("RFC1779", java.util.Map.of("2.5.4.5", "serialNumber"));
      Matcher pid = PID.matcher(subject);
      if (!pid.find()) {
        throw MosException.invalid(
            file + ": its serialNumber names no product (PID:<uuid> SN:<machine>)");
      }
      return Optional.of(UUID.fromString(pid.group(1)));
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    } catch (CertificateException | IllegalArgumentException e) {
      throw MosException.invalid(file + ": is not a SUDI certificate: " + e.getMessage());
    }
  }
}
