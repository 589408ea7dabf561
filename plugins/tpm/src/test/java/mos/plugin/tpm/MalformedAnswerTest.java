package mos.plugin.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.SealPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TPM, or somebody between, that answers badly. */
class MalformedAnswerTest {
  private static final Machine MACHINE = Machine.of('a');
  private static final SealPolicies POLICIES = Authority.LUKS.policies(5, 0, "uki");

  @TempDir Path state;

  @Test
  void aTruncatedAnswerToAnyCommandIsAFailureOfTheDevice() {
    Random random = new Random(1);
    everyAnswer(
        answer -> Arrays.copyOf(answer, random.nextInt(answer.length)),
        List.of(ErrorCode.RESOURCE),
        1);
  }

  @Test
  void aTruncatedAnswerThatClaimsItsLengthIsAFailureOfTheDevice() {
    Random random = new Random(2);
    everyAnswer(
        answer ->
            answer.length == 10
                ? new byte[0]
                : withLength(Arrays.copyOf(answer, 10 + random.nextInt(answer.length - 10))),
        List.of(ErrorCode.RESOURCE),
        1);
  }

  @Test
  void aChangedByteNeverLeadsToAnythingButAnErrorInWords() {
    Random random = new Random(3);
    everyAnswer(
        answer -> {
          byte[] changed = answer.clone();
          changed[random.nextInt(changed.length)] ^= (byte) (1 + random.nextInt(255));
          return changed;
        },
        List.of(ErrorCode.RESOURCE, ErrorCode.REFUSED, ErrorCode.NOT_FOUND),
        2);
  }

  @Test
  void noiseIsAFailureOfTheDevice() {
    Random random = new Random(4);
    for (int i = 0; i < 1000; i++) {
      byte[] noise = new byte[10 + random.nextInt(80)];
      random.nextBytes(noise);
      noise[0] = (byte) 0x80;
      noise[1] = (byte) (1 + i % 2);
      Arrays.fill(noise, 6, 10, (byte) 0);
      byte[] answer = withLength(noise);
      Transport transport = new Answering(command -> answer);
      try (TpmKeyVault vault = new TpmKeyVault(new Tpm(transport))) {
        vault.isProvisioned();
      } catch (MosException e) {
        assertEquals(ErrorCode.RESOURCE, e.code());
      }
    }
  }

  @Test
  void aBusyTpmIsAskedAgain() {
    int[] asked = {0};
    Transport busy =
        new Answering(
            command -> {
              asked[0]++;
              return new Marshaller()
                  .u16(0x8001)
                  .u32(10)
                  .u32(asked[0] < 4 ? ResponseCode.RETRY : ResponseCode.LOCKOUT)
                  .toArray();
            });
    try (Tpm tpm = new Tpm(busy)) {
      TpmException e = assertThrows(TpmException.class, () -> tpm.pcrRead(7));
      assertTrue(e.getMessage().contains("TPM2_PCR_Read with TPM_RC_LOCKOUT"), e.getMessage());
    }
    assertEquals(4, asked[0]);
  }

  @Test
  void aMachineWithoutTpmIsTold() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> DeviceTransport.open(List.of(state.resolve("tpmrm0"), state.resolve("tpm0"))));
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(e.getMessage().startsWith("this machine has no TPM 2.0: no "), e.getMessage());
  }

  @Test
  void aDeviceThatIsNoTpmIsAFailureOfTheDevice() {
    for (String device : List.of("/dev/null", "/dev/zero", "/dev/full")) {
      try (TpmKeyVault vault =
          new TpmKeyVault(new Tpm(DeviceTransport.open(List.of(Path.of(device)))))) {
        MosException e = assertThrows(MosException.class, vault::isProvisioned);
        assertEquals(ErrorCode.RESOURCE, e.code());
      }
    }
  }

  /** Unseals and locks, each time with another answer spoilt. */
  private void everyAnswer(UnaryOperator<byte[]> spoil, List<ErrorCode> codes, int rounds) {
    try (SoftwareTpm machine = new SoftwareTpm(state)) {
      try (TpmKeyVault vault = machine.vault()) {
        vault.provision(MACHINE.provisioning());
      }
      int commands = Integer.MAX_VALUE;
      for (int round = 0; round < rounds; round++) {
        for (int n = 0; n < commands; n++) {
          machine.boot("uki");
          Spoiling transport = new Spoiling(machine.transport(), n, spoil);
          try (TpmKeyVault vault = new TpmKeyVault(new Tpm(transport))) {
            vault.unseal(POLICIES).close();
            vault.lockUntilReset();
          } catch (MosException e) {
            assertTrue(codes.contains(e.code()), "answer " + n + ": " + e);
          }
          if (transport.count <= n) {
            commands = n;
          }
        }
      }
      assertTrue(commands > 40, () -> "only some commands were sent");
    }
  }

  private static byte[] withLength(byte[] answer) {
    System.arraycopy(Crypto.bigEndian(answer.length), 0, answer, 2, 4);
    return answer;
  }

  private record Answering(UnaryOperator<byte[]> how) implements Transport {
    @Override
    public byte[] exchange(byte[] command) {
      return how.apply(command);
    }

    @Override
    public void close() {}
  }

  private static final class Spoiling implements Transport {
    private final Transport transport;
    private final int which;
    private final UnaryOperator<byte[]> how;
    private int count;

    Spoiling(Transport transport, int which, UnaryOperator<byte[]> how) {
      this.transport = transport;
      this.which = which;
      this.how = how;
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      byte[] answer = transport.exchange(command);
      return count++ == which ? how.apply(answer) : answer;
    }

    @Override
    public void close() throws IOException {
      transport.close();
    }
  }
}
