package mos.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of one's own, made by openssl. Its files lie in the directory it was
 * given, and go with it.
 */
public final class Authority {
  /** A name of the server that no machine has: it is found by a {@link TunnelProxy} alone. */
  public static final String NAME = "registry.test";

  private static final char[] STORE_PASSWORD = "mos".toCharArray();

  private final Path directory;
  private final Identity server;

  private Authority(Path directory) {
    this.directory = directory;
    Tool.run(
        directory,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
            .concat(" -subj /CN=mos-test-authority -keyout ca.key -out ca.crt")
            .split(" "));
    this.server = issue("server", "serverAuth");
  }

  /**
   * Makes an authority and its server's certificate, for {@code localhost}, {@link #NAME},
   * 127.0.0.1 and ::1.
   *
   * @param directory made when there is none
   */
  public static Authority in(Path directory) {
    try {
      return new Authority(Files.createDirectories(directory).toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A certificate with its key, both PEM.
   *
   * @param certificate the certificate's file
   * @param key the unencrypted key's file, PKCS #8
   */
  public record Identity(Path certificate, Path key) {}

  /** The authority's own certificate, PEM; a {@code certs.d} directory has it as {@code ca.crt}. */
  public Path certificate() {
    return directory.resolve("ca.crt");
  }

  /** The server's certificate and key. */
  public Identity server() {
    return server;
  }

  /** Issues a certificate that a client shows, as {@code client.cert} of {@code certs.d}. */
  public Identity client(String name) {
    return issue(name, "clientAuth");
  }

  /** For clients that trust this authority alone. */
  public SSLContext trusting() {
    return context(null);
  }

  /** For clients that trust this authority alone and show a certificate. */
  public SSLContext trusting(Identity client) {
    return context(keys(client));
  }

  /** For servers that show the server's certificate. */
  public SSLContext serving() {
    return context(keys(server));
  }

  private Identity issue(String name, String use) {
    Path certificate = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    try {
      Path extensions =
          Files.writeString(
              directory.resolve(name + ".ext"),
              "subjectAltName=DNS:localhost,DNS:"
                  + NAME
                  + ",IP:127.0.0.1,IP:::1\nextendedKeyUsage="
                  + use
                  + "\n");
      Tool.run(
          directory,
          ("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%1$s"
                  + " -keyout %1$s.key -out %1$s.csr")
              .formatted(name)
              .split(" "));
      Tool.run(
          directory,
          ("openssl x509 -req -in %1$s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
                  + " -extfile %1$s.ext -out %1$s.crt")
              .formatted(name)
              .split(" "));
      Files.delete(extensions);
      Files.delete(directory.resolve(name + ".csr"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Identity(certificate, key);
  }

  private KeyStore keys(Identity identity) {
    Path store = directory.resolve("identity.p12");
    Tool.run(
        directory,
        "openssl",
        "pkcs12",
        "-export",
        "-passout",
        "pass:" + new String(STORE_PASSWORD),
        "-in",
        identity.certificate().toString(),
        "-inkey",
        identity.key().toString(),
        "-out",
        store.toString());
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, STORE_PASSWORD);
      return keys;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(store.toString(), e);
    }
  }

  private SSLContext context(@Nullable KeyStore own) {
    try (InputStream in = Files.newInputStream(certificate())) {
      Certificate root = CertificateFactory.getInstance("X.509").generateCertificate(in);
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", root);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, STORE_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(certificate().toString(), e);
    }
  }
}
