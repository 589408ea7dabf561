package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.Provisioning;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.Secret;
import mos.spi.unlock.SignedSealPolicy;
import mos.spi.unlock.UnsealedKeys;
import org.junit.jupiter.api.Test;

/** Whatever happens, nothing can be unsealed afterwards. */
class MachineKeysTest {
  private static final Digest ZERO = new Digest("0".repeat(64));

  private static final SealPolicies POLICIES =
      new SealPolicies(
          Bytes.utf8("key"),
          1,
          0,
          List.of(new SignedSealPolicy(new SealPolicy(ZERO, 1), Bytes.utf8("signature"))));

  /** Notes what is done to it, and fails at one thing. */
  private static final class Vault implements KeyVault {
    final List<String> done = new ArrayList<>();
    final byte[] luks = {1, 2, 3};
    Digest outside = ZERO;
    String fails = "";

    private void note(String what) {
      done.add(what);
      if (what.equals(fails)) {
        throw MosException.refused(what + " fails");
      }
    }

    @Override
    public boolean isProvisioned() {
      return true;
    }

    @Override
    public Digest pcr(int index) {
      assertEquals(12, index);
      return outside;
    }

    @Override
    public int minimumVersion() {
      return 1;
    }

    @Override
    public void provision(Provisioning content) {
      note("provision");
    }

    @Override
    public void unprovision(SealPolicies admin) {
      note("unprovision");
    }

    @Override
    public UnsealedKeys unseal(SealPolicies policies) {
      note("unseal");
      return new UnsealedKeys(
          Secret.takeOver(luks), Bytes.utf8("certificate"), Secret.takeOver(new byte[] {4}));
    }

    @Override
    public void raiseMinimumVersion(SealPolicies policies) {
      note("raise");
    }

    @Override
    public void lockUntilReset() {
      note("lock");
    }

    @Override
    public void close() {}
  }

  @Test
  void keysAreUnsealedAndThenLocked() {
    Vault vault = new Vault();
    MachineKeys.unsealOnce(vault, POLICIES).close();
    assertEquals(List.of("unseal", "raise", "lock"), vault.done);
  }

  @Test
  void whatNobodySignedIsRefusedBeforeAnythingIsUnsealed() {
    Vault vault = new Vault();
    vault.outside = Digest.of(new byte[] {1});
    MosException e =
        assertThrows(MosException.class, () -> MachineKeys.unsealOnce(vault, POLICIES));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertTrue(String.valueOf(e.getMessage()).startsWith("PCR 12 is "), e::getMessage);
    assertEquals(List.of("lock"), vault.done);
  }

  @Test
  void refusedKeysAreLockedToo() {
    Vault vault = new Vault();
    vault.fails = "unseal";
    assertThrows(MosException.class, () -> MachineKeys.unsealOnce(vault, POLICIES));
    assertEquals(List.of("unseal", "lock"), vault.done);
  }

  @Test
  void keysThatCannotBeLockedAreOverwritten() {
    for (String step : List.of("raise", "lock")) {
      Vault vault = new Vault();
      vault.fails = step;
      assertThrows(MosException.class, () -> MachineKeys.unsealOnce(vault, POLICIES), step);
      assertArrayEquals(new byte[3], vault.luks, step);
      assertEquals("lock", vault.done.getLast(), step);
    }
  }
}
