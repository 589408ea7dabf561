package mos.testkit.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("vm")
class SwtpmTest {
  private static final byte[] READ_CLOCK = HexFormat.of().parseHex("80010000000a00000181");

  @TempDir Path state;

  @Test
  void aSocketAnswersOneClientAfterTheOther() throws IOException {
    Swtpm.manufacture(state);
    try (Swtpm tpm = Swtpm.serving(state)) {
      SocketAddress address = UnixDomainSocketAddress.of(tpm.socket());
      assertEquals(resets(address), resets(address));
    }
  }

  @Test
  void aPortAnswersToo() throws IOException {
    Swtpm.manufacture(state);
    try (Swtpm tpm = Swtpm.servingTcp(state)) {
      assertTrue(resets(new InetSocketAddress(InetAddress.getLoopbackAddress(), tpm.port())) > 0);
    }
  }

  @Test
  void theStateOutlivesTheProcess() throws IOException {
    Swtpm.manufacture(state);
    int before;
    try (Swtpm tpm = Swtpm.serving(state)) {
      before = resets(UnixDomainSocketAddress.of(tpm.socket()));
    }
    try (Swtpm tpm = Swtpm.serving(state)) {
      assertEquals(before + 1, resets(UnixDomainSocketAddress.of(tpm.socket())));
    }
  }

  @Test
  void nothingIsLeftOfAClosedOne() {
    Swtpm.manufacture(state);
    Swtpm tpm = Swtpm.serving(state);
    tpm.close();
    assertTrue(Files.notExists(tpm.socket().getParent()));
    assertTrue(
        ProcessHandle.allProcesses()
            .noneMatch(
                process ->
                    process.info().commandLine().orElse("").contains(state.toString())
                        && process.info().command().orElse("").endsWith("/swtpm")));
  }

  @Test
  void aStateThatCannotBeSaysSo() throws IOException {
    Path file = Files.createFile(state.resolve("file"));
    IllegalStateException failure =
        assertThrows(IllegalStateException.class, () -> Swtpm.serving(state.resolve("none")));
    assertTrue(failure.getMessage() != null, failure::toString);
    assertTrue(Files.exists(file));
  }

  /** TPM2_ReadClock: how often the TPM was reset (TPM 2.0 library, part 2, 10.11.2). */
  private static int resets(SocketAddress address) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.write(ByteBuffer.wrap(READ_CLOCK));
      ByteBuffer response = ByteBuffer.allocate(4096);
      while (response.position() < 35) {
        channel.read(response);
      }
      assertEquals(0, response.getInt(6), "the response code");
      return response.getInt(26);
    }
  }
}
