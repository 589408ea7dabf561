package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLServerSocket;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.testkit.registry.Account;
import mos.testkit.registry.Authority;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.Exchange;
import mos.testkit.registry.FaultProxy;
import mos.testkit.registry.GoRegistry;
import mos.testkit.registry.Registry;
import mos.testkit.registry.RegistrySetup;
import mos.testkit.registry.TokenServer;
import mos.testkit.registry.TunnelProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against registries as they are. */
class PushAndPullTest {
  private static final Account ACCOUNT = new Account("mos", "a secret: with a colon");
  private static final Optional<String> TAG = Optional.of("1");
  private static final Selector BY_TAG = new Selector.Tag("1");

  @TempDir Path directory;
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new Machine(directory.resolve("machine"));
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private RegistrySetup setup() {
    return RegistrySetup.in(directory.resolve("registry"));
  }

  private void push(Sample sample, String host, String name) {
    try (ImageDestination destination = machine.destination(host, name)) {
      sample.push(destination, TAG);
    }
  }

  private void assertWhole(Sample sample, String host, String name) throws IOException {
    try (ImageSource source = machine.source(host, name)) {
      assertEquals(Optional.of(sample.descriptor()), source.resolve(BY_TAG));
      assertEquals(sample.bytes(), source.manifest(sample.descriptor()));
      try (InputStream in = source.blob(sample.layer(0)).open(0)) {
        assertEquals(sample.content(0), Bytes.copyOf(in.readAllBytes()));
      }
      try (InputStream in = source.blob(sample.layer(0)).open(1000)) {
        assertEquals(sample.content(0).size() - 1000, in.readAllBytes().length);
      }
    }
  }

  @Test
  void whatIsPushedByTlsAndPasswordSkopeoReads() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry =
        DockerRegistry.start(setup().tls(authority).password(ACCOUNT.user(), ACCOUNT.password()))) {
      String host = registry.host();
      machine.trust(host, authority).login(host, ACCOUNT);
      Sample sample = Sample.image(1, 300_000, 10);
      push(sample, host, "some/image");
      assertWhole(sample, host, "some/image");
      String digest =
          Command.of(
                  "skopeo",
                  "skopeo",
                  "inspect",
                  "--format={{.Digest}}",
                  "--cert-dir=" + directory.resolve("machine/etc/containers/certs.d/" + host),
                  "--creds=" + ACCOUNT.user() + ":" + ACCOUNT.password(),
                  "docker://" + host + "/some/image:1")
              .run()
              .strip();
      assertEquals(sample.descriptor().digest().toString(), digest);
    }
  }

  @Test
  void aClientCertificateIsShown() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry =
        DockerRegistry.start(setup().tls(authority).clientCertificatesNeeded())) {
      String host = registry.host();
      machine.trust(host, authority).show(host, authority.client("someone"));
      Sample sample = Sample.image(2, 5000);
      push(sample, host, "image");
      assertWhole(sample, host, "image");
    }
  }

  @Test
  void aClientCertificateThatIsMissingIsNamedWithItsPlace() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry =
        DockerRegistry.start(setup().tls(authority).clientCertificatesNeeded())) {
      machine.trust(registry.host(), authority);
      Path place = directory.resolve("machine/etc/containers/certs.d/" + registry.host());
      // What comes first, the server's alert or the end of the connection, is chance.
      for (int i = 0; i < 5; i++) {
        String message = refusal(registry.host());
        assertTrue(message.startsWith(registry.host() + ": no secure connection: "), message);
        assertTrue(
            message.endsWith(
                "; it asks for a client certificate; put yours at "
                    + place.resolve("client.cert")
                    + ", its key at "
                    + place.resolve("client.key")),
            message);
      }
      assertFalse(registry.log().contains("/v2/"), registry::log);
    }
  }

  @Test
  void aClientCertificateThatIsNotTakenIsNamedWithItsPlace() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    // Of the same name, so that the server seems to know it.
    Authority other = Authority.in(directory.resolve("other"));
    try (DockerRegistry registry =
        DockerRegistry.start(setup().tls(authority).clientCertificatesNeeded())) {
      machine.trust(registry.host(), authority).show(registry.host(), other.client("someone"));
      String message = refusal(registry.host());
      assertTrue(message.startsWith(registry.host() + ": no secure connection: "), message);
      assertTrue(
          message.endsWith(
              "; it may not take the client certificate in "
                  + directory.resolve("machine/etc/containers/certs.d/" + registry.host())),
          message);
    }
  }

  @Test
  void aTokenServiceOfAnUnknownAuthorityIsNamedWithTheWayOut() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (TokenServer tokens = TokenServer.start(authority, ACCOUNT);
        DockerRegistry registry = DockerRegistry.start(setup().tokens(tokens))) {
      String service = tokens.realm().getAuthority();
      String message = refusal(registry.host());
      assertTrue(
          message.startsWith(
              registry.host() + ": its token service " + service + ": no secure connection: "),
          message);
      assertTrue(message.endsWith("certs.d/" + service + "/ca.crt"), message);
    }
  }

  @Test
  void aServerThatJudgesCertificatesLaterIsUnderstoodAsWell() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (SSLServerSocket server =
        (SSLServerSocket)
            authority
                .serving()
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      server.setWantClientAuth(true);
      Thread.ofVirtual().start(() -> refuse(server));
      String host = "127.0.0.1:" + server.getLocalPort();
      machine.trust(host, authority);
      String message = refusal(host);
      assertTrue(message.contains(": the registry answers 400; it asks for a client"), message);
    }
  }

  /** Answers as nginx does to whom has no certificate. */
  private static void refuse(SSLServerSocket server) {
    byte[] answer =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    while (!server.isClosed()) {
      try (Socket caller = server.accept()) {
        if (caller.getInputStream().read(new byte[8192]) > 0) {
          caller.getOutputStream().write(answer);
        }
      } catch (IOException e) {
        // The caller is gone, or the test is over.
      }
    }
  }

  @Test
  void aServerWithoutTlsOrWithNothingElseIsSaidToBeThat() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    Account user = new Account("me", "secret");
    try (DockerRegistry plain = DockerRegistry.start(setup());
        TunnelProxy proxy = TunnelProxy.start(user);
        DockerRegistry secure =
            DockerRegistry.start(RegistrySetup.in(directory.resolve("secure")).tls(authority))) {
      machine.variable("HTTPS_PROXY", "http://me:secret@" + proxy.host());
      String message = refusal(Authority.NAME + ":" + plain.uri().getPort());
      assertTrue(
          message.endsWith("it seems to speak plain http, which is for those who say --plain-http"),
          message);
      machine.plainHttp();
      assertEquals(
          secure.host() + ": seems to speak TLS alone; leave out --plain-http",
          refusal(secure.host()));
    }
  }

  private String refusal(String host) {
    try (ImageSource source = machine.source(host, "image")) {
      MosException e = assertThrows(MosException.class, () -> source.resolve(BY_TAG));
      assertEquals(ErrorCode.RESOURCE, e.code());
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void thePasswordOfAProxyIsForItsTunnel() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    Account user = new Account("me@home", "p@ss: w%rd");
    try (DockerRegistry registry =
            DockerRegistry.start(
                setup().tls(authority).password(ACCOUNT.user(), ACCOUNT.password()));
        TunnelProxy proxy = TunnelProxy.start(user)) {
      String host = Authority.NAME + ":" + registry.uri().getPort();
      machine
          .variable("HTTPS_PROXY", "http://me%40home:p%40ss%3A%20w%25rd@" + proxy.host())
          .trust(host, authority)
          .login(host, ACCOUNT);
      Sample sample = Sample.image(4, 200_000);
      push(sample, host, "image");
      assertWhole(sample, host, "image");
      assertEquals(Set.of(host), Set.copyOf(proxy.tunnels()));
      assertEquals(List.of(), proxy.refused());

      machine.variable("HTTPS_PROXY", "http://me%40home:wrong@" + proxy.host());
      String message = refusal(host);
      assertTrue(message.startsWith(host + ": the proxy wants a password, or another"), message);
      assertEquals(List.of("CONNECT " + host + " HTTP/1.1"), proxy.refused());
    }
  }

  @Test
  void anUnknownAuthorityIsRefusedWithTheWayOut() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(setup().tls(authority))) {
      MosException e =
          assertThrows(
              MosException.class, () -> machine.source(registry.host(), "image").resolve(BY_TAG));
      assertEquals(ErrorCode.RESOURCE, e.code());
      assertTrue(
          String.valueOf(e.getMessage()).contains("certs.d/" + registry.host()), e::toString);
      machine.registries("[[registry]]\nlocation = \"" + registry.host() + "\"\ninsecure = true\n");
      assertEquals(Optional.empty(), machine.source(registry.host(), "image").resolve(BY_TAG));
    }
  }

  @Test
  void aWrongPasswordIsSaid() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup().password("mos", "right"))) {
      MosException none =
          assertThrows(
              MosException.class, () -> machine.source(registry.host(), "image").resolve(BY_TAG));
      assertTrue(String.valueOf(none.getMessage()).contains("podman login"), none::toString);
      machine.login(registry.host(), new Account("mos", "wrong"));
      MosException wrong =
          assertThrows(
              MosException.class, () -> machine.source(registry.host(), "image").resolve(BY_TAG));
      assertEquals(ErrorCode.RESOURCE, wrong.code());
      assertTrue(String.valueOf(wrong.getMessage()).contains("denied"), wrong::toString);
      assertFalse(String.valueOf(wrong.getMessage()).contains("wrong:"), wrong::toString);
    }
  }

  @Test
  void tokensAreFetchedRenewedAndAskedForWhatIsNeeded() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (TokenServer tokens = TokenServer.start(authority, ACCOUNT);
        DockerRegistry registry = DockerRegistry.start(setup().tls(authority).tokens(tokens))) {
      String host = registry.host();
      machine
          .trust(host, authority)
          .trust(tokens.realm().getAuthority(), authority)
          .login(host, ACCOUNT);
      Sample sample = Sample.image(3, 20_000);
      push(sample, host, "a/b");
      assertWhole(sample, host, "a/b");
      assertTrue(
          tokens.requests().stream()
              .anyMatch(request -> request.scopes().contains("repository:a/b:pull,push")));
      tokens.expireNext(1);
      try (ImageSource source = machine.source(host, "a/b")) {
        assertEquals(Optional.of(sample.descriptor()), source.resolve(BY_TAG));
      }
    }
  }

  @Test
  void anIdentityTokenIsExchanged() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (TokenServer tokens = TokenServer.start(authority, ACCOUNT);
        DockerRegistry registry = DockerRegistry.start(setup().tls(authority).tokens(tokens))) {
      String host = registry.host();
      machine
          .trust(host, authority)
          .trust(tokens.realm().getAuthority(), authority)
          .auth(
              "{\"auths\":{\"%s\":{\"identitytoken\":\"%s\"}}}"
                  .formatted(host, tokens.refreshToken()));
      Sample sample = Sample.image(4, 100);
      push(sample, host, "image");
      assertTrue(
          tokens.requests().stream().anyMatch(request -> request.grant().contains("refresh")));
    }
  }

  @Test
  void aBlobOfAnotherRepositoryIsMountedAndNotSent() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup());
        FaultProxy proxy = FaultProxy.start(registry.uri())) {
      Sample sample = Sample.image(5, 400_000);
      push(sample, proxy.host(), "first");
      proxy.forget();
      List<Event> events = new ArrayList<>();
      try (ImageSource source = machine.source(proxy.host(), "first");
          ImageDestination second = machine.destination(proxy.host(), "second")) {
        second.putBlob(sample.layer(0), source.blob(sample.layer(0)), events::add);
        assertTrue(second.contains(sample.layer(0)));
      }
      assertEquals(0, proxy.exchanges().stream().mapToLong(Exchange::requestBytes).sum());
      assertTrue(events.getFirst() instanceof Event.BlobPresent, events::toString);
    }
  }

  @Test
  void aBlobThatIsThereIsNotSentAgain() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup());
        FaultProxy proxy = FaultProxy.start(registry.uri())) {
      Sample sample = Sample.image(6, 400_000);
      push(sample, proxy.host(), "image");
      proxy.forget();
      push(sample, proxy.host(), "image");
      long sent = proxy.exchanges().stream().mapToLong(Exchange::requestBytes).sum();
      assertEquals(sample.bytes().size(), sent, "only the manifest");
    }
  }

  @Test
  void aLargeBlobGoesInPieces() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup());
        FaultProxy proxy = FaultProxy.start(registry.uri())) {
      Sample sample = Sample.image(7, (int) BlobUpload.PIECE + 3_000_000);
      push(sample, proxy.host(), "image");
      assertEquals(
          1, proxy.exchanges().stream().filter(call -> call.method().equals("PATCH")).count());
      try (ImageDestination again = machine.destination(proxy.host(), "image")) {
        assertTrue(again.contains(sample.layer(0)));
      }
    }
  }

  @Test
  void referrersAreListedByTheApi() throws IOException {
    try (GoRegistry registry = GoRegistry.start(setup())) {
      referrersAreListed(registry);
    }
  }

  @Test
  void referrersAreListedByTheTagThatStandsInForTheApi() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup())) {
      referrersAreListed(registry);
    }
  }

  private void referrersAreListed(Registry registry) {
    Sample subject = Sample.image(8, 100);
    push(subject, registry.host(), "image");
    List<Sample> attached = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Sample one = Sample.attached("application/x-" + i % 2, subject.descriptor(), "content " + i);
      attached.add(one);
      try (ImageDestination destination = machine.destination(registry.host(), "image")) {
        one.push(destination, Optional.empty());
      }
    }
    try (ImageSource source = machine.source(registry.host(), "image")) {
      assertEquals(
          List.of(attached.get(1).descriptor().digest()),
          digests(source.referrers(subject.descriptor().digest(), "application/x-1")));
      assertEquals(2, source.referrers(subject.descriptor().digest(), "application/x-0").size());
      assertEquals(List.of(), source.referrers(subject.descriptor().digest(), "application/x-2"));
      assertEquals(
          List.of(),
          source.referrers(attached.getFirst().descriptor().digest(), "application/x-0"));
    }
  }

  private static List<mos.spi.model.Digest> digests(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).toList();
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup());
        ImageSource source = machine.source(registry.host(), "image")) {
      assertEquals(Optional.empty(), source.resolve(BY_TAG));
      Sample sample = Sample.image(9, 100);
      assertEquals(
          Optional.empty(), source.resolve(new Selector.ByDigest(sample.descriptor().digest())));
      MosException e =
          assertThrows(MosException.class, () -> source.blob(sample.layer(0)).open(0).close());
      assertEquals(ErrorCode.NOT_FOUND, e.code());
    }
  }

  @Test
  void aServerThatIsNotThereIsSaidToBe() {
    MosException e =
        assertThrows(
            MosException.class, () -> machine.source("registry.invalid", "image").resolve(BY_TAG));
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("registry.invalid: cannot be"), e::toString);
  }

  @Test
  void aSourceThatIsNotWhatItClaimsIsRefused() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup());
        ImageDestination destination = machine.destination(registry.host(), "image")) {
      Sample sample = Sample.image(10, 1000);
      Sample other = Sample.image(11, 1000);
      MosException e =
          assertThrows(
              MosException.class,
              () ->
                  destination.putBlob(
                      sample.layer(0), Sample.memory(other.content(0)), EventSink.NONE));
      assertEquals(ErrorCode.REFUSED, e.code());
    }
  }
}
