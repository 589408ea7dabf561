package mos.testkit.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU's machine protocol (QMP), of which we need two things: the power button, and why a machine
 * ended, which its exit status does not say.
 */
final class Monitor implements AutoCloseable {
  private static final Pattern SHUTDOWN =
      Pattern.compile("\"event\": *\"SHUTDOWN\".*\"reason\": *\"([a-z-]+)\"");

  private final ServerSocketChannel listener;
  private final CompletableFuture<SocketChannel> connected = new CompletableFuture<>();
  private final CompletableFuture<Optional<String>> reason = new CompletableFuture<>();

  /** Listens for QEMU, which connects when it starts. */
  Monitor(Path socket) {
    try {
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("monitor").start(this::listen);
  }

  /** Presses the power button. */
  void powerButton() {
    try {
      send(connected.get(30, TimeUnit.SECONDS), "system_powerdown");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("QEMU's monitor does not answer", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Why the machine ended, once QEMU has; empty when QEMU did not say it. */
  Optional<String> reason(Duration timeout) {
    try {
      return reason
          .completeOnTimeout(Optional.empty(), timeout.toMillis(), TimeUnit.MILLISECONDS)
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    Optional<String> said = Optional.empty();
    try (SocketChannel channel = listener.accept();
        BufferedReader lines =
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      send(channel, "qmp_capabilities");
      connected.complete(channel);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher shutdown = SHUTDOWN.matcher(line);
        if (shutdown.find()) {
          said = Optional.of(shutdown.group(1));
        }
      }
    } catch (IOException e) {
      // QEMU was killed, or never came: then there is no reason that it could have given.
      connected.completeExceptionally(e);
    } finally {
      reason.complete(said);
    }
  }

  private static void send(SocketChannel channel, String command) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(("{\"execute\": \"" + command + "\"}\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
