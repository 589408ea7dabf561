package mos.testkit.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A TPM 2.0 in software: one running swtpm process on a directory that holds its state. Ending the
 * process is the TPM's loss of power; starting it again on the same directory is the same TPM after
 * a reset.
 *
 * <pre>{@code
 * Swtpm.manufacture(state);
 * try (Swtpm tpm = Swtpm.serving(state)) {
 *   SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(tpm.socket()));
 *   // write a command, read its response; TPM2_Startup(CLEAR) was sent already
 * }
 * }</pre>
 */
public final class Swtpm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ChildProcess process;
  private final SocketDirectory sockets;
  private final Path socket;
  private final int port;

  private Swtpm(ChildProcess process, SocketDirectory sockets, Path socket, int port) {
    this.process = process;
    this.sockets = sockets;
    this.socket = socket;
    this.port = port;
  }

  /**
   * Makes a new TPM with a SHA-256 bank of PCRs and no endorsement key certificate.
   *
   * @param state a directory, which is made; what TPM was in it is gone
   */
  public static void manufacture(Path state) {
    try {
      Files.createDirectories(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Program.run(
        "swtpm_setup",
        "--tpm2",
        "--tpmstate",
        state.toString(),
        "--pcr-banks",
        "sha256",
        "--overwrite");
  }

  /**
   * A TPM for a machine: {@link #socket()} is swtpm's control channel, and the process ends with
   * its first client.
   */
  public static Swtpm forMachine(Path state) {
    SocketDirectory sockets = new SocketDirectory();
    Path socket = sockets.socket("control");
    return start(
        state, sockets, socket, 0, List.of("--ctrl", "type=unixio,path=" + socket, "--terminate"));
  }

  /**
   * A started TPM for programs here: {@link #socket()} takes commands and gives responses as they
   * go to and from {@code /dev/tpm0}, for one client after the other.
   */
  public static Swtpm serving(Path state) {
    SocketDirectory sockets = new SocketDirectory();
    Path socket = sockets.socket("commands");
    return start(
        state,
        sockets,
        socket,
        0,
        List.of(
            "--server", "type=unixio,path=" + socket, "--flags", "not-need-init,startup-clear"));
  }

  /** The same as {@link #serving}, at a TCP {@link #port()} of the loopback interface. */
  public static Swtpm servingTcp(Path state) {
    SocketDirectory sockets = new SocketDirectory();
    int port = freePort();
    return start(
        state,
        sockets,
        sockets.socket("none"),
        port,
        List.of("--server", "type=tcp,port=" + port, "--flags", "not-need-init,startup-clear"));
  }

  /** The socket's path, when it has one. */
  public Path socket() {
    return socket;
  }

  /** The TCP port, or 0 when it has none. */
  public int port() {
    return port;
  }

  /** Ends it, as a loss of power does. */
  @Override
  public void close() {
    process.close();
    sockets.close();
  }

  /** Waits a moment for the process to end by itself, once its machine has. */
  void settle() {
    if (!process.ended(Duration.ofSeconds(5))) {
      process.close();
    }
  }

  private static Swtpm start(
      Path state, SocketDirectory sockets, Path socket, int port, List<String> options) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + state));
    command.addAll(List.of("--log", "file=" + state.resolve("swtpm.log")));
    command.addAll(options);
    try {
      ChildProcess process = ChildProcess.start(command, state.resolve("swtpm.errors"));
      Swtpm tpm = new Swtpm(process, sockets, socket, port);
      tpm.awaitListening();
      return tpm;
    } catch (RuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  private void awaitListening() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (port == 0 ? Files.exists(socket) : listens(port)) {
        return;
      }
      if (process.ended(Duration.ofMillis(10))) {
        throw new IllegalStateException(
            "swtpm ended with " + process.status() + ": " + process.complaints());
      }
    }
    process.close();
    throw new IllegalStateException("swtpm does not listen after " + PATIENCE.toSeconds() + " s");
  }

  private static boolean listens(int port) {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return connection.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
