package mos.plugin.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server's certificate must come from, and who we are to it: the system's authorities, and
 * what docker and podman have in {@code certs.d/HOST[:PORT]} (docker's "Verify repository client
 * with certificates", containers-certs.d(5)): {@code *.crt} are authorities, pairs of {@code
 * NAME.cert} and {@code NAME.key} are certificates of ours.
 */
final class HostTls {
  private static final String SYSTEM = "ssl/certs/ca-certificates.crt";

  private static final int BUFFER = 64 << 10;

  private final Environment environment;
  private @Nullable List<Certificate> system;

  HostTls(Environment environment) {
    this.environment = environment;
  }

  /** Whether there are certificates for the host. */
  boolean isConfigured(String host) {
    return directory(host).isPresent();
  }

  /**
   * The settings for a host.
   *
   * @param insecure whether any certificate will do
   * @throws MosException INVALID when what is in {@code certs.d} for it cannot be used
   */
  SSLContext context(String host, boolean insecure) {
    Optional<Path> directory = directory(host);
    try {
      KeyManager[] keys = directory.isPresent() ? keys(directory.get()) : new KeyManager[0];
      TrustManager trust = insecure ? new AnyCertificate() : trust(host);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw MosException.invalid(host + ": its certificates cannot be used: " + e.getMessage());
    }
  }

  /** What judges the certificates of a host. */
  X509ExtendedTrustManager trust(String host) {
    List<Certificate> own = directory(host).map(HostTls::authorities).orElse(List.of());
    return new SystemTrust(() -> trust(own));
  }

  private Optional<Path> directory(String host) {
    if (host.contains("/") || host.startsWith(".")) {
      return Optional.empty();
    }
    return List.of(
            environment.userSettings().resolve("containers/certs.d"),
            environment.etc().resolve("containers/certs.d"),
            environment.etc().resolve("docker/certs.d"))
        .stream()
        .map(place -> place.resolve(host))
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static List<Path> files(Path directory, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
      files.forEach(found::add);
    } catch (IOException e) {
      throw MosException.io("cannot list " + directory, e);
    }
    return found.stream().sorted().toList();
  }

  private static Collection<? extends Certificate> certificates(Path file) {
    // The factory reads byte by byte: from the file itself, a system's list takes 200 ms more.
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw MosException.invalid(file + ": has no PEM certificate");
      }
      return found;
    } catch (GeneralSecurityException e) {
      throw MosException.invalid(file + ": no PEM certificates: " + e.getMessage());
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  private static List<Certificate> authorities(Path directory) {
    List<Certificate> found = new ArrayList<>();
    files(directory, "*.crt").forEach(file -> found.addAll(certificates(file)));
    return found;
  }

  /**
   * The system's authorities. A linked runtime has those of the day it was built, the system's list
   * is kept; so the runtime's count only where the system has none.
   */
  private synchronized List<Certificate> system() throws GeneralSecurityException {
    List<Certificate> known = system;
    if (known == null) {
      Optional<Path> file =
          environment
              .variable("SSL_CERT_FILE")
              .map(Path::of)
              .filter(Files::isRegularFile)
              .or(() -> Optional.of(environment.etc().resolve(SYSTEM)))
              .filter(Files::isRegularFile);
      try {
        known =
            file.isPresent()
                ? List.copyOf(certificates(file.get()))
                : List.of(judge(null).getAcceptedIssuers());
      } catch (MosException e) {
        // A handshake carries no other errors to its caller.
        throw new CertificateException(e.getMessage(), e);
      }
      system = known;
    }
    return known;
  }

  private X509ExtendedTrustManager trust(List<Certificate> own) throws GeneralSecurityException {
    List<Certificate> authorities = new ArrayList<>(system());
    authorities.addAll(own);
    KeyStore store = empty();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    return judge(store);
  }

  /**
   * What judges certificates.
   *
   * @param authorities whom it trusts; those of the runtime, without them
   */
  private static X509ExtendedTrustManager judge(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("the JDK judges no X.509 certificates");
  }

  private static KeyManager[] keys(Path directory) throws GeneralSecurityException {
    List<Path> pairs = files(directory, "*.cert");
    for (Path key : files(directory, "*.key")) {
      if (!pairs.contains(other(key, ".cert"))) {
        throw MosException.invalid(key + ": has no certificate beside it, " + other(key, ".cert"));
      }
    }
    if (pairs.isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore store = empty();
    char[] none = new char[0];
    for (Path certificate : pairs) {
      Path key = other(certificate, ".key");
      if (!Files.isRegularFile(key)) {
        throw MosException.invalid(certificate + ": has no key beside it, " + key);
      }
      Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
      store.setKeyEntry(
          certificate.toString(), PemKey.read(key, chain[0].getPublicKey()), none, chain);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static Path other(Path file, String ending) {
    String name = file.toString();
    return Path.of(name.substring(0, name.lastIndexOf('.')) + ending);
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException("no empty key store", e);
    }
    return store;
  }
}
