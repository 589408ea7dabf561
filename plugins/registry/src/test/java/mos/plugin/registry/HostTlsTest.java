package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real TLS server with certificates by openssl. */
class HostTlsTest {
  private static final String EC = "EC -pkeyopt ec_paramgen_curve:P-256";
  private static final String RSA = "RSA -pkeyopt rsa_keygen_bits:2048";
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path directory;
  private final Map<String, String> variables = new HashMap<>();
  private final List<SSLServerSocket> servers = new ArrayList<>();
  private final List<IOException> refused = new CopyOnWriteArrayList<>();

  @BeforeEach
  void makeAuthority() throws IOException {
    Files.createDirectories(directory.resolve("home"));
    authority("ca");
  }

  @AfterEach
  void stopServers() throws IOException {
    for (SSLServerSocket server : servers) {
      server.close();
    }
  }

  @Test
  void aServerOfAnUnknownAuthorityIsRefused() throws Exception {
    SSLServerSocket server = server("ca", "localhost", false);

    assertThrows(SSLException.class, () -> connect(server, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"home/.config/containers/certs.d", "etc/containers/certs.d", "etc/docker/certs.d"})
  void anAuthorityInCertsDIsTrusted(String place) throws Exception {
    SSLServerSocket server = server("ca", "localhost", false);
    copy("ca.pem", place + "/" + host(server) + "/any.crt");

    connect(server, false);
  }

  @Test
  void onlyTheFirstDirectoryCounts() throws Exception {
    SSLServerSocket server = server("ca", "localhost", false);
    copy("ca.pem", "etc/docker/certs.d/" + host(server) + "/ca.crt");
    Files.createDirectories(directory.resolve("etc/containers/certs.d/" + host(server)));

    assertThrows(SSLException.class, () -> connect(server, false));
  }

  @Test
  void anAuthorityForAnotherPortIsNotTrusted() throws Exception {
    SSLServerSocket server = server("ca", "localhost", false);
    copy("ca.pem", "etc/docker/certs.d/localhost/ca.crt");

    assertThrows(SSLException.class, () -> connect(server, false));
  }

  @Test
  void aServersOwnCertificateIsTrustedWhereItIsGivenAsAuthority() throws Exception {
    SSLServerSocket server = server("ca", "localhost", false);
    copy("localhost.pem", "etc/docker/certs.d/" + host(server) + "/ca.crt");

    connect(server, false);
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    SSLServerSocket server = server("ca", "other.example", false);
    copy("ca.pem", "etc/docker/certs.d/" + host(server) + "/ca.crt");

    assertThrows(SSLException.class, () -> connect(server, false));
  }

  @Test
  void anyCertificateOfAnyNameWillDoForAnInsecureHost() throws Exception {
    connect(server("ca", "other.example", false), true);
  }

  @Test
  void theSystemsAuthoritiesAreTrustedBesideThoseOfTheHost() throws Exception {
    authority("second");
    copy("ca.pem", "etc/ssl/certs/ca-certificates.crt");
    SSLServerSocket system = server("ca", "localhost", false);
    SSLServerSocket own = server("second", "localhost", false);
    copy("second.pem", "etc/docker/certs.d/" + host(system) + "/ca.crt");
    copy("second.pem", "etc/docker/certs.d/" + host(own) + "/ca.crt");

    connect(system, false);
    connect(own, false);
  }

  @Test
  void theSystemsListCanBeNamed() throws Exception {
    authority("second");
    copy("second.pem", "etc/ssl/certs/ca-certificates.crt");
    variables.put("SSL_CERT_FILE", directory.resolve("ca.pem").toString());

    connect(server("ca", "localhost", false), false);
  }

  @Test
  void aNamedListThatIsNotThereLeavesTheSystems() throws Exception {
    copy("ca.pem", "etc/ssl/certs/ca-certificates.crt");
    variables.put("SSL_CERT_FILE", directory.resolve("absent.pem").toString());

    connect(server("ca", "localhost", false), false);
  }

  @Test
  void aBrokenSystemListIsNamedWhenItIsNeeded() throws Exception {
    Path list = write("etc/ssl/certs/ca-certificates.crt", "nothing");

    SSLException e =
        assertThrows(SSLException.class, () -> connect(server("ca", "localhost", false), false));

    assertTrue(Reasons.of(e).contains(list.toString()), Reasons.of(e));
  }

  @ParameterizedTest
  @CsvSource({
    "EC,pkcs8",
    "EC,sec1",
    "EC,sec1 with parameters",
    "RSA,pkcs8",
    "RSA,pkcs1",
    "ED25519,pkcs8"
  })
  void aClientCertificateIsShown(String kind, String form) throws Exception {
    SSLServerSocket server = server("ca", "localhost", true);
    Path place = Files.createDirectories(directory.resolve("etc/docker/certs.d/" + host(server)));
    copy("ca.pem", "etc/docker/certs.d/" + host(server) + "/ca.crt");
    leaf("ca", "client", kind.equals("EC") ? EC : kind.equals("RSA") ? RSA : kind);
    switch (form) {
      case "sec1" -> openssl("ec -in client.key -out old.key");
      case "sec1 with parameters" -> {
        openssl("ec -in client.key -out bare.key");
        openssl("ecparam -name prime256v1 -out old.key");
        Files.writeString(
            directory.resolve("old.key"),
            Files.readString(directory.resolve("old.key"))
                + Files.readString(directory.resolve("bare.key")));
      }
      case "pkcs1" -> openssl("rsa -traditional -in client.key -out old.key");
      default -> Files.copy(directory.resolve("client.key"), directory.resolve("old.key"));
    }
    String begin = Files.readString(directory.resolve("old.key"));
    assertEquals(form.equals("pkcs8"), begin.startsWith("-----BEGIN PRIVATE KEY"), begin);
    assertThrows(IOException.class, () -> connect(server, false));

    Files.copy(directory.resolve("client.pem"), place.resolve("client.cert"));
    Files.copy(directory.resolve("old.key"), place.resolve("client.key"));

    connect(server, false);
  }

  @ParameterizedTest
  @CsvSource({
    "client.cert,client.key,has no key beside it",
    "client.key,client.cert,has no certificate beside it"
  })
  void aHalfOfAPairIsRefusedByName(String there, String missing, String reason) throws Exception {
    leaf("ca", "client", EC);
    String place = "etc/docker/certs.d/r.example:5000/";
    Path file = copy(there.replace("cert", "pem"), place + there);

    MosException e = assertThrows(MosException.class, () -> context("r.example:5000"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals(file + ": " + reason + ", " + directory.resolve(place + missing), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "pkcs8 -topk8 -in client.key -passout pass:x,is encrypted",
    "rsa -traditional -aes128 -in client.key -passout pass:x,is encrypted",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048,is not the key of the certificate",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256,is no RSA key",
    "genpkey -algorithm ED25519,is no RSA key",
    "x509 -in client.pem,has no PEM private key"
  })
  void aKeyThatCannotBeUsedIsRefusedByName(String command, String reason) throws Exception {
    leaf("ca", "client", RSA);
    openssl(command + " -out bad.key");
    String place = "etc/docker/certs.d/r.example/";
    copy("client.pem", place + "client.cert");
    Path key = copy("bad.key", place + "client.key");

    MosException e = assertThrows(MosException.class, () -> context("r.example"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith(key + ": " + reason), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"P-256,P-384", "P-384,P-256", "P-256,P-256"})
  void anOldKeyOfAnotherCertificateIsRefusedByName(String certificate, String other)
      throws Exception {
    leaf("ca", "client", "EC -pkeyopt ec_paramgen_curve:" + certificate);
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + other + " -out new.key");
    openssl("ec -in new.key -out bad.key");
    copy("client.pem", "etc/docker/certs.d/r.example/client.cert");
    Path key = copy("bad.key", "etc/docker/certs.d/r.example/client.key");

    MosException e = assertThrows(MosException.class, () -> context("r.example"));

    assertTrue(e.getMessage().startsWith(key + ": is no"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
  void aBrokenAuthorityIsRefusedByName(String content) throws Exception {
    Path file = write("etc/docker/certs.d/r.example/ca.crt", content);

    MosException e = assertThrows(MosException.class, () -> context("r.example"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
  }

  @Test
  void aHostIsConfiguredWhenItHasADirectory() throws Exception {
    write("etc/docker/certs.d/r.example:5000/ca.crt", "");
    HostTls tls = tls();

    assertTrue(tls.isConfigured("r.example:5000"));
    assertFalse(tls.isConfigured("r.example"));
    assertFalse(tls.isConfigured(".."));
    assertFalse(tls.isConfigured("../certs.d/r.example:5000"));
  }

  @Test
  void theRuntimesAuthoritiesCountWhereTheSystemHasNone() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509TrustManager runtime = (X509TrustManager) factory.getTrustManagers()[0];
    X509Certificate known =
        Stream.of(runtime.getAcceptedIssuers())
            .filter(one -> isTrusted(runtime, one))
            .findFirst()
            .orElseThrow();
    copy("ca.pem", "etc/docker/certs.d/r.example/ca.crt");

    assertTrue(isTrusted(tls().trust("r.example"), known));

    copy("ca.pem", "etc/ssl/certs/ca-certificates.crt");

    assertFalse(isTrusted(tls().trust("r.example"), known));
  }

  private static boolean isTrusted(X509TrustManager by, X509Certificate certificate) {
    try {
      by.checkServerTrusted(new X509Certificate[] {certificate}, "UNKNOWN");
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private HostTls tls() {
    return new HostTls(
        new Environment(variables, directory.resolve("etc"), directory.resolve("home")));
  }

  private SSLContext context(String host) {
    return tls().context(host, false);
  }

  private static String host(SSLServerSocket server) {
    return "localhost:" + server.getLocalPort();
  }

  /** Reads what the server writes once it has accepted us. */
  private void connect(SSLServerSocket server, boolean insecure) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            tls()
                .context(host(server), insecure)
                .getSocketFactory()
                .createSocket("localhost", server.getLocalPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(20_000);
      assertEquals('!', socket.getInputStream().read());
    }
  }

  /** A server that writes one byte to whoever it lets in. */
  private SSLServerSocket server(String authority, String name, boolean withClients)
      throws Exception {
    leaf(authority, name, EC);
    openssl(
        "pkcs12 -export -in %s.pem -inkey %s.key -out %s.p12 -passout pass:changeit"
            .formatted(name, name, name));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    ours.init(keys, PASSWORD);
    KeyStore clients = KeyStore.getInstance("PKCS12");
    clients.load(null, null);
    try (InputStream in = Files.newInputStream(directory.resolve(authority + ".pem"))) {
      clients.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory theirs =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    theirs.init(clients);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getByName("localhost"));
    server.setNeedClientAuth(withClients);
    servers.add(server);
    Thread.ofVirtual().start(() -> serve(server));
    return server;
  }

  private void serve(SSLServerSocket server) {
    while (!server.isClosed()) {
      try (SSLSocket caller = (SSLSocket) server.accept()) {
        caller.startHandshake();
        caller.getOutputStream().write('!');
      } catch (IOException e) {
        // It was not let in, or did not let us in; the next one may.
        refused.add(e);
      }
    }
  }

  private void authority(String name) throws IOException {
    openssl("genpkey -algorithm " + EC + " -out " + name + ".key");
    openssl(
        "req -x509 -new -key %s.key -subj /CN=%s -days 2 -out %s.pem".formatted(name, name, name));
  }

  private void leaf(String authority, String name, String kind) throws IOException {
    write("names", "subjectAltName=DNS:" + name + "\n");
    openssl("genpkey -algorithm " + kind + " -out " + name + ".key");
    openssl("req -new -key %s.key -subj /CN=%s -out request".formatted(name, name));
    openssl(
        "x509 -req -in request -CA %s.pem -CAkey %s.key -CAcreateserial -days 2 -extfile names -out %s.pem"
            .formatted(authority, authority, name));
  }

  private void openssl(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertEquals(0, process.waitFor(), command + ": " + output);
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private Path copy(String from, String to) throws IOException {
    Path file = directory.resolve(to);
    Files.createDirectories(file.getParent());
    return Files.copy(directory.resolve(from), file);
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
