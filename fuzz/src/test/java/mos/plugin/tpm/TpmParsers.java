package mos.plugin.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;

/** A TPM that answers whatever it likes, for fuzzing. */
public final class TpmParsers {
  private static final SealPolicies POLICIES = policies();

  private TpmParsers() {}

  /**
   * What a vault is asked for (the first byte), and the contents of the answers one after another,
   * each after its 16-bit length; headers are made for them.
   */
  public static void answers(byte[] input) {
    if (input.length == 0) {
      return;
    }
    ByteBuffer answers = ByteBuffer.wrap(input, 1, input.length - 1);
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(new Answers(answers)))) {
      switch (input[0]) {
        case 'p' -> vault.pcr(7);
        case 'm' -> vault.minimumVersion();
        case 'l' -> vault.lockUntilReset();
        case 'a' -> vault.unprovision(POLICIES);
        default -> vault.unseal(POLICIES).close();
      }
    } catch (MosException e) {
      // Of a device it is the refusal that is due.
      throw e.code() == ErrorCode.RESOURCE ? MosException.refused(e.getMessage()) : e;
    }
  }

  private record Answers(ByteBuffer contents) implements Transport {
    @Override
    public byte[] exchange(byte[] command) throws IOException {
      if (contents.remaining() < 2) {
        throw new IOException("no more");
      }
      byte[] content = new byte[Math.min(contents.getShort() & 0xffff, contents.remaining())];
      contents.get(content);
      Marshaller rest = new Marshaller();
      if (command[1] == 2) {
        rest.u32(content.length).raw(content).u16(0).u8(1).u16(0);
      } else {
        rest.raw(content);
      }
      byte[] tail = rest.toArray();
      return new Marshaller()
          .u8(0x80)
          .u8(command[1])
          .u32(10 + tail.length)
          .u32(0)
          .raw(tail)
          .toArray();
    }

    @Override
    public void close() {}
  }

  private static SealPolicies policies() {
    try {
      Bytes authority = Bytes.copyOf(Files.readAllBytes(Path.of("certificates/policy.der")));
      // PCR 7 of the seeds: after one extension with zeros.
      Digest pcr7 = Digest.finish(Crypto.sha256(new byte[64]));
      return new SealPolicies(
          authority,
          5,
          0,
          List.of(new SignedSealPolicy(new SealPolicy(pcr7, 5), Bytes.copyOf(new byte[256]))));
    } catch (IOException e) {
      throw MosException.io("cannot read the authority", e);
    }
  }
}
