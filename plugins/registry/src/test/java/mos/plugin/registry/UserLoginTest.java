package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import mos.spi.MosException;
import mos.spi.image.Selector;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.testkit.registry.Account;
import mos.testkit.registry.Authority;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.RegistrySetup;
import mos.testkit.registry.TokenServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user gives for a registry ({@code --user}) is for that one alone. */
class UserLoginTest {
  private static final Account ACCOUNT = new Account("me", "a secret: with a colon");
  private static final Account OTHER = new Account("me", "of the file");
  private static final Selector BY_TAG = new Selector.Tag("1");

  @TempDir Path directory;
  private Machine machine;
  private final Sample sample = Sample.image(1, 1000);

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

  private void push(String host) {
    try (ImageDestination destination = machine.destination(host, "image")) {
      sample.push(destination, Optional.of("1"));
    }
  }

  private void assertFound(String host) {
    try (ImageSource source = machine.source(host, "image")) {
      assertEquals(Optional.of(sample.descriptor()), source.resolve(BY_TAG));
      assertEquals(sample.bytes(), source.manifest(sample.descriptor()));
    }
  }

  private String refusal(String host) {
    try (ImageSource source = machine.source(host, "image")) {
      return assertThrows(MosException.class, () -> source.resolve(BY_TAG)).getMessage();
    }
  }

  /** Wants a password, takes none, and keeps what it was shown. */
  private static final class Curious implements AutoCloseable {
    private static final byte[] ANSWER =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private final ServerSocket server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> shown = new CopyOnWriteArrayList<>();

    Curious() {
      try {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (!server.isClosed()) {
        try (Socket caller = server.accept()) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII));
          requests.add(String.valueOf(in.readLine()));
          in.lines()
              .takeWhile(line -> !line.isEmpty())
              .filter(line -> line.startsWith("Authorization:"))
              .forEach(shown::add);
          caller.getOutputStream().write(ANSWER);
        } catch (IOException e) {
          // The caller is gone, or the test is over.
        }
      }
    }

    String host() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    /** What it was shown; fails when it was not asked. */
    List<String> shown() {
      assertFalse(requests.isEmpty(), "it was never asked");
      return List.copyOf(shown);
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void itComesBeforeWhatTheFilesHave() throws IOException {
    try (DockerRegistry registry =
        DockerRegistry.start(setup().password(ACCOUNT.user(), ACCOUNT.password()))) {
      machine.login(registry.host(), OTHER).user(registry.host(), ACCOUNT);
      push(registry.host());
      assertFound(registry.host());
    }
  }

  @Test
  void aFileOrAHelperThatDoesNotWorkIsNotLookedAt() throws IOException {
    try (DockerRegistry registry =
        DockerRegistry.start(setup().password(ACCOUNT.user(), ACCOUNT.password()))) {
      machine.auth("{").user(registry.host(), ACCOUNT);
      push(registry.host());
      machine.auth("{\"credsStore\":\"absent\"}");
      assertFound(registry.host());
    }
  }

  @Test
  void anotherRegistryIsNotShownItAndHasTheFiles() throws IOException {
    try (Curious other = new Curious()) {
      machine.login(other.host(), OTHER).user("registry.example:5000", ACCOUNT);
      assertTrue(refusal(other.host()).contains("access denied"));
      assertEquals(
          List.of("Authorization: " + OTHER.basic()), other.shown().stream().distinct().toList());
    }
  }

  @Test
  void anotherPortIsAnotherRegistry() {
    try (Curious other = new Curious()) {
      machine.user("127.0.0.1", ACCOUNT);
      assertTrue(refusal(other.host()).contains("access denied"));
      assertEquals(List.of(), other.shown());
    }
  }

  @Test
  void aMirrorIsNotShownIt() throws IOException {
    try (Curious mirror = new Curious();
        DockerRegistry registry =
            DockerRegistry.start(setup().password(ACCOUNT.user(), ACCOUNT.password()))) {
      machine
          .registries(
              "[[registry]]\nlocation = '%s'\n[[registry.mirror]]\nlocation = '%s'\n"
                  .formatted(registry.host(), mirror.host()))
          .user(registry.host(), ACCOUNT);
      push(registry.host());
      assertFound(registry.host());
      assertEquals(List.of(), mirror.shown());
    }
  }

  @Test
  void whereTheRegistryReallyIsIsNotShownItWithoutBeingNamed() throws IOException {
    try (Curious there = new Curious()) {
      machine
          .registries(
              "[[registry]]\nprefix = 'registry.example'\nlocation = '%s/mirrored'\n"
                  .formatted(there.host()))
          .user("registry.example", ACCOUNT);
      String message = refusal("registry.example");
      assertTrue(message.contains("'podman login " + there.host() + "'"), message);
      assertEquals(List.of(), there.shown());
    }
  }

  @Test
  void theTokenServiceOfTheRegistryIsShownIt() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (TokenServer tokens = TokenServer.start(authority, ACCOUNT);
        DockerRegistry registry = DockerRegistry.start(setup().tls(authority).tokens(tokens))) {
      machine
          .trust(registry.host(), authority)
          .trust(tokens.realm().getAuthority(), authority)
          .user(registry.host(), ACCOUNT);
      push(registry.host());
      assertFound(registry.host());
    }
  }

  @Test
  void aWrongOneIsSaidToBeWrongAndNotShown() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(setup().password("me", "right"))) {
      machine.user(registry.host(), ACCOUNT);
      String message = refusal(registry.host());
      assertTrue(message.endsWith("the password for it is wrong or does not allow this"), message);
      assertFalse(message.contains(ACCOUNT.password()), message);
    }
  }
}
