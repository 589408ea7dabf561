package mos.plugin.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A machine's TPM: swtpm, which keeps its state in a directory. */
final class SoftwareTpm implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/swtpm");
  private static final long DEADLINE_MILLIS = 60_000;

  private final Path directory;
  private Process process;

  /** One whose state is in that directory; a new one when it is empty. */
  SoftwareTpm(Path directory) {
    Assumptions.assumeTrue(Files.isExecutable(PROGRAM), "swtpm is not installed");
    this.directory = directory;
    reset();
  }

  /** Another one with the same state and seeds. */
  SoftwareTpm copy(Path to) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".permall")).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return new SoftwareTpm(to);
  }

  /** Power off and on; the firmware measures nothing. */
  void reset() {
    close();
    try {
      Files.deleteIfExists(socket());
      process =
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "socket",
                  "--tpm2",
                  "--tpmstate",
                  "dir=" + directory,
                  "--server",
                  "type=unixio,path=" + socket(),
                  "--flags",
                  "not-need-init,startup-clear")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      awaitListening();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitListening() throws IOException, InterruptedException {
    long deadline = System.currentTimeMillis() + DEADLINE_MILLIS;
    while (true) {
      try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.currentTimeMillis() > deadline) {
          throw new IOException(
              "swtpm did not start: " + Files.readString(directory.resolve("log")), e);
        }
        Thread.sleep(5);
      }
    }
  }

  /** Power off and on, and the firmware measures what is started. */
  void boot(String what) {
    reset();
    try (Tpm tpm = tpm()) {
      tpm.pcrExtend(Seal.PCR, Crypto.sha256(what.getBytes(UTF_8)));
    }
  }

  TpmKeyVault vault() {
    return new TpmKeyVault(tpm());
  }

  Tpm tpm() {
    return new Tpm(transport());
  }

  Transport transport() {
    try {
      return new Connection(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path socket() {
    return directory.resolve("socket");
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Connection(SocketChannel channel) implements Transport {
    @Override
    public byte[] exchange(byte[] command) throws IOException {
      channel.write(ByteBuffer.wrap(command));
      ByteBuffer response = ByteBuffer.allocate(4096);
      while (response.position() < 6 || response.position() < response.getInt(2)) {
        if (channel.read(response) < 0) {
          throw new IOException("closed");
        }
      }
      return Arrays.copyOf(response.array(), response.position());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
