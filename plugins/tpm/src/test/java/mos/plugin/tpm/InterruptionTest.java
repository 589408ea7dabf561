package mos.plugin.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.UnsealedKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power fails after any command. */
class InterruptionTest {
  private static final Machine FIRST = Machine.of('a');
  private static final Machine SECOND = Machine.of('b');
  private static final SealPolicies POLICIES = Authority.LUKS.policies(5, 0, "uki");
  private static final SealPolicies ADMIN = Authority.ADMIN.policies(5, 0, "uki");

  @TempDir Path states;

  @Test
  void aProvisionInterruptedAnywhereIsRunAgainAndIsWhole() throws IOException {
    int commands;
    try (SoftwareTpm fresh = new SoftwareTpm(directory("fresh"));
        SoftwareTpm measured = copy(fresh, "measured")) {
      commands = count(measured, vault -> vault.provision(FIRST.provisioning()));
      assertTrue(commands > 30, () -> "only " + commands + " commands");
      for (int n = 0; n <= commands; n++) {
        String name = "after-" + n;
        try (SoftwareTpm machine = copy(fresh, name)) {
          interrupt(machine, n, vault -> vault.provision(FIRST.provisioning()));
          machine.boot("uki");
          boolean done = n >= commands - 1;
          assertProvisionedAgain(machine, done, name);
        }
      }
    }
  }

  /** The commit is the change of the owner's password; after it only the session is ended. */
  private static void assertProvisionedAgain(SoftwareTpm machine, boolean done, String name) {
    try (TpmKeyVault vault = machine.vault()) {
      assertEquals(done, vault.isProvisioned(), name);
      if (done) {
        MosException e =
            assertThrows(MosException.class, () -> vault.provision(SECOND.provisioning()), name);
        assertEquals(ErrorCode.USAGE, e.code(), name);
      } else {
        MosException e = assertThrows(MosException.class, () -> vault.unseal(POLICIES), name);
        assertEquals(ErrorCode.NOT_FOUND, e.code(), name);
        vault.provision(SECOND.provisioning());
      }
      try (UnsealedKeys keys = vault.unseal(POLICIES)) {
        assertTrue((done ? FIRST : SECOND).is(keys), name);
      }
    }
  }

  @Test
  void anUnprovisionInterruptedAnywhereIsRunAgainOrNeverBegan() throws IOException {
    try (SoftwareTpm full = new SoftwareTpm(directory("full"))) {
      try (TpmKeyVault vault = full.vault()) {
        vault.provision(FIRST.provisioning());
      }
      int commands;
      try (SoftwareTpm measured = copy(full, "measured")) {
        measured.boot("uki");
        commands = count(measured, vault -> vault.unprovision(ADMIN));
      }
      for (int n = 0; n <= commands; n++) {
        String name = "after-" + n;
        try (SoftwareTpm machine = copy(full, name)) {
          machine.boot("uki");
          interrupt(machine, n, vault -> vault.unprovision(ADMIN));
          machine.boot("uki");
          try (TpmKeyVault vault = machine.vault()) {
            if (vault.isProvisioned()) {
              vault.unseal(POLICIES).close();
            }
            try {
              vault.unprovision(ADMIN);
            } catch (MosException e) {
              // Everything had gone.
              assertEquals(ErrorCode.NOT_FOUND, e.code(), name);
            }
            assertFalse(vault.isProvisioned(), name);
            vault.provision(SECOND.provisioning());
            vault.unseal(POLICIES).close();
          }
        }
      }
    }
  }

  @Test
  void aRaiseInterruptedAnywhereLeavesTheOldOrTheNewMinimum() throws IOException {
    SealPolicies newer = Authority.LUKS.policies(7, 6, "uki");
    try (SoftwareTpm full = new SoftwareTpm(directory("full"))) {
      try (TpmKeyVault vault = full.vault()) {
        vault.provision(FIRST.provisioning());
      }
      int commands;
      try (SoftwareTpm measured = copy(full, "measured")) {
        measured.boot("uki");
        commands = count(measured, vault -> vault.raiseMinimumVersion(newer));
      }
      for (int n = 0; n < commands; n++) {
        try (SoftwareTpm machine = copy(full, "raise-" + n)) {
          machine.boot("uki");
          interrupt(machine, n, vault -> vault.raiseMinimumVersion(newer));
          machine.boot("uki");
          try (TpmKeyVault vault = machine.vault();
              UnsealedKeys keys = vault.unseal(newer)) {
            assertTrue(FIRST.is(keys));
            int minimum = vault.minimumVersion();
            assertTrue(minimum == 3 || minimum == 6, "minimum " + minimum);
            vault.raiseMinimumVersion(newer);
            assertEquals(6, vault.minimumVersion());
          }
        }
      }
    }
  }

  @Test
  void aLockThatIsInterruptedSaysSo() throws IOException {
    try (SoftwareTpm machine = new SoftwareTpm(directory("machine"))) {
      try (TpmKeyVault vault = machine.vault()) {
        vault.provision(FIRST.provisioning());
      }
      machine.boot("uki");
      int opening = count(machine, vault -> vault.unseal(POLICIES).close());
      machine.boot("uki");
      int commands =
          count(
              machine,
              vault -> {
                vault.unseal(POLICIES).close();
                vault.lockUntilReset();
              });
      // The last one ends the session.
      for (int n = opening - 1; n < commands - 1; n++) {
        machine.boot("uki");
        Consumer<KeyVault> work =
            vault -> {
              vault.unseal(POLICIES).close();
              vault.lockUntilReset();
            };
        assertTrue(interrupt(machine, n, work), "command " + n);
      }
    }
  }

  private static int count(SoftwareTpm machine, Consumer<KeyVault> work) {
    Wiretap wiretap = new Wiretap(machine.transport());
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(wiretap))) {
      work.accept(vault);
    }
    return wiretap.count();
  }

  /** Lets it do {@code n} commands; whether it said that the next one failed. */
  private static boolean interrupt(SoftwareTpm machine, int n, Consumer<KeyVault> work) {
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(new Cut(machine.transport(), n)))) {
      work.accept(vault);
      return false;
    } catch (MosException e) {
      assertEquals(ErrorCode.RESOURCE, e.code());
      return true;
    }
  }

  private SoftwareTpm copy(SoftwareTpm machine, String name) throws IOException {
    return machine.copy(directory(name));
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectory(states.resolve(name));
  }

  private static final class Cut implements Transport {
    private final Transport transport;
    private int left;

    Cut(Transport transport, int left) {
      this.transport = transport;
      this.left = left;
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      if (left-- > 0) {
        return transport.exchange(command);
      }
      throw new IOException("the power is off");
    }

    @Override
    public void close() throws IOException {
      transport.close();
    }
  }
}
