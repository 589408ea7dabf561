package mos.plugin.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.Provisioning;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;
import mos.spi.unlock.UnsealedKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TpmKeyVaultTest {
  private static final Machine MACHINE = Machine.of('a');
  private static final SealPolicies POLICIES = Authority.LUKS.policies(5, 0, "uki", "uki2");
  private static final SealPolicies ADMIN = Authority.ADMIN.policies(5, 0, "admin");

  @TempDir Path state;
  @TempDir Path otherState;
  private SoftwareTpm machine;

  @BeforeEach
  void switchOn() {
    machine = new SoftwareTpm(state);
  }

  @AfterEach
  void switchOff() {
    if (machine != null) {
      machine.close();
    }
  }

  private void provision() {
    try (TpmKeyVault vault = machine.vault()) {
      vault.provision(MACHINE.provisioning());
    }
  }

  private void assertUnseals(SealPolicies policies) {
    try (TpmKeyVault vault = machine.vault();
        UnsealedKeys keys = vault.unseal(policies)) {
      assertTrue(MACHINE.is(keys));
    }
  }

  private String assertUnsealFails(ErrorCode code, SealPolicies policies) {
    try (TpmKeyVault vault = machine.vault()) {
      MosException e = assertThrows(MosException.class, () -> vault.unseal(policies));
      assertEquals(code, e.code(), e.getMessage());
      return e.getMessage();
    }
  }

  private static void assertContains(String part, String message) {
    assertTrue(message.contains(part), message);
  }

  @Test
  void whatWasProvisionedComesBackInABootThatFits() {
    try (TpmKeyVault vault = machine.vault()) {
      assertFalse(vault.isProvisioned());
      vault.provision(MACHINE.provisioning());
      assertTrue(vault.isProvisioned());
      assertEquals(3, vault.minimumVersion());
    }
    machine.boot("uki");
    assertUnseals(POLICIES);
    machine.boot("uki2");
    assertUnseals(POLICIES);
    assertUnseals(POLICIES);
  }

  @Test
  void anotherPcr7OpensNothing() {
    provision();
    machine.boot("rogue");
    String message = assertUnsealFails(ErrorCode.REFUSED, POLICIES);
    assertContains("no policy for PCR 7 = " + Authority.pcr7("rogue"), message);
    assertContains("secure boot is off", message);
  }

  @Test
  void anOlderVersionOpensNothingOnceTheMinimumIsRaised() {
    provision();
    machine.boot("uki");
    SealPolicies newer = Authority.LUKS.policies(7, 6, "uki");
    try (TpmKeyVault vault = machine.vault();
        UnsealedKeys keys = vault.unseal(newer)) {
      assertTrue(MACHINE.is(keys));
      vault.raiseMinimumVersion(newer);
      vault.raiseMinimumVersion(newer);
      vault.raiseMinimumVersion(POLICIES);
      assertEquals(6, vault.minimumVersion());
      vault.lockUntilReset();
    }
    machine.boot("uki");
    String message = assertUnsealFails(ErrorCode.REFUSED, POLICIES);
    assertContains("version 5 of this UKI is older than the machine's minimum version 6", message);
    assertUnseals(newer);
    assertUnseals(Authority.LUKS.policies(6, 6, "uki"));
    assertUnseals(Authority.LUKS.policies(Integer.MAX_VALUE, 6, "uki"));
  }

  @Test
  void theTpmItselfRefusesAnOlderVersion() {
    provision();
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      vault.raiseMinimumVersion(Authority.LUKS.policies(7, 6, "uki"));
    }
    try (Tpm tpm = machine.tpm()) {
      Fit fit = Fit.find(tpm, POLICIES, tpm.nvReadPublic(Layout.LUKS_KEY), 0);
      Session session = tpm.startSession(SaltKey.read(tpm), true);
      MosException e = assertThrows(MosException.class, () -> fit.show(tpm, session));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertContains("TPM2_PolicyNV with TPM_RC_POLICY", e.getMessage());
    }
  }

  @Test
  void onlyABootThatFitsRaisesTheMinimum() {
    provision();
    machine.boot("rogue");
    try (TpmKeyVault vault = machine.vault()) {
      SealPolicies newer = Authority.LUKS.policies(7, 6, "uki");
      MosException e = assertThrows(MosException.class, () -> vault.raiseMinimumVersion(newer));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertEquals(3, vault.minimumVersion());
    }
    try (Tpm tpm = machine.tpm()) {
      NvIndex version = Seal.version().written();
      assertThrows(
          TpmException.class,
          () -> tpm.nvWrite(version.entity(), version, 0, new byte[4], Authorization.EMPTY));
      assertThrows(
          TpmException.class,
          () -> tpm.nvWrite(Entity.OWNER, version, 0, new byte[4], Authorization.EMPTY));
      Session policy = tpm.startSession(SaltKey.read(tpm), true);
      assertThrows(
          TpmException.class,
          () -> tpm.policySecret(policy, Seal.gate().entity(), Authorization.EMPTY));
      assertThrows(TpmException.class, () -> tpm.nvUndefine(Layout.VERSION));
    }
  }

  @Test
  void anotherAuthorityOpensNothing() {
    provision();
    machine.boot("uki");
    assertContains(
        "the policy authority of this UKI is not this machine's",
        assertUnsealFails(ErrorCode.REFUSED, Authority.OTHER.policies(5, 0, "uki")));
    assertUnsealFails(ErrorCode.REFUSED, Authority.ADMIN.policies(5, 0, "uki"));
  }

  @Test
  void aForgedApprovalOpensNothing() {
    provision();
    machine.boot("uki");
    SealPolicy policy = new SealPolicy(Authority.pcr7("uki"), 5);
    SignedSealPolicy good = Authority.LUKS.approve(policy);
    List<Bytes> forged =
        List.of(
            Authority.OTHER.approve(policy).signature(),
            Authority.LUKS.approve(new SealPolicy(policy.pcr7(), 4)).signature(),
            Bytes.copyOf(new byte[256]),
            Bytes.copyOf(new byte[0]),
            Bytes.copyOf(new byte[512]),
            Bytes.copyOf(new byte[100_000]));
    for (Bytes signature : forged) {
      SignedSealPolicy bad = new SignedSealPolicy(policy, signature);
      assertContains(
          "does not verify",
          assertUnsealFails(
              ErrorCode.REFUSED, new SealPolicies(Authority.LUKS.publicKey(), 5, 0, List.of(bad))));
      // A bad one does not spoil a good one.
      assertUnseals(new SealPolicies(Authority.LUKS.publicKey(), 5, 0, List.of(bad, good)));
    }
  }

  @Test
  void nothingOpensOnceLockedUntilTheNextReset() {
    provision();
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      vault.unseal(POLICIES).close();
      vault.lockUntilReset();
      vault.lockUntilReset();
      MosException e = assertThrows(MosException.class, () -> vault.unseal(POLICIES));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertContains("locked until the next reset", e.getMessage());
      assertThrows(
          MosException.class,
          () -> vault.raiseMinimumVersion(Authority.LUKS.policies(7, 6, "uki")));
    }
    assertUnsealFails(ErrorCode.REFUSED, POLICIES);
    try (Tpm tpm = machine.tpm()) {
      for (int handle : new Layout(1, 2).secrets()) {
        assertTrue(tpm.nvReadPublic(handle).has(NvIndex.READLOCKED), Integer.toHexString(handle));
      }
    }
    machine.boot("uki");
    assertUnseals(POLICIES);
  }

  @Test
  void aSessionThatFittedOpensNothingAfterTheLock() {
    provision();
    machine.boot("uki");
    try (Tpm tpm = machine.tpm();
        TpmKeyVault vault = new TpmKeyVault(tpm)) {
      NvIndex luksKey = tpm.nvReadPublic(Layout.LUKS_KEY);
      Fit fit = Fit.find(tpm, POLICIES, luksKey, 3);
      Session session = tpm.startSession(SaltKey.read(tpm), true);
      fit.show(tpm, session);
      vault.lockUntilReset();
      TpmException e =
          assertThrows(
              TpmException.class,
              () -> tpm.nvRead(luksKey.entity(), 0, 32, session.hidingResponse()));
      assertEquals(ResponseCode.PCR_CHANGED, e.kind());
    }
  }

  @Test
  void aLockedSecretIsClosedEvenToABootThatFits() {
    provision();
    machine.boot("uki");
    try (Tpm tpm = machine.tpm()) {
      NvIndex luksKey = tpm.nvReadPublic(Layout.LUKS_KEY);
      Fit fit = Fit.find(tpm, POLICIES, luksKey, 3);
      Session session = tpm.startSession(SaltKey.read(tpm), true);
      fit.show(tpm, session);
      tpm.nvReadLock(luksKey, session.plain());
      NvIndex locked = tpm.nvReadPublic(Layout.LUKS_KEY);
      fit.show(tpm, session);
      TpmException e =
          assertThrows(
              TpmException.class,
              () -> tpm.nvRead(locked.entity(), 0, 32, session.hidingResponse()));
      assertEquals(ResponseCode.NV_LOCKED, e.kind());
      tpm.flush(session.entity());
    }
    assertContains("locked until the next reset", assertUnsealFails(ErrorCode.REFUSED, POLICIES));
  }

  @Test
  void lockingWorksWhereUnsealingWasRefusedOrNothingIsProvisioned() {
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      vault.lockUntilReset();
      assertFalse(vault.pcr(7).equals(Authority.pcr7("uki")));
    }
    machine.reset();
    provision();
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      SealPolicies older = Authority.LUKS.policies(2, 0, "uki");
      assertThrows(MosException.class, () -> vault.unseal(older));
      vault.lockUntilReset();
    }
    assertUnsealFails(ErrorCode.REFUSED, POLICIES);
    machine.boot("uki");
    assertUnseals(POLICIES);
  }

  @Test
  void aMachineIsProvisionedOnce() {
    provision();
    try (TpmKeyVault vault = machine.vault()) {
      Provisioning again = Machine.of('b').provisioning();
      MosException e = assertThrows(MosException.class, () -> vault.provision(again));
      assertEquals(ErrorCode.USAGE, e.code());
      assertContains("provisioned already", e.getMessage());
    }
    machine.boot("uki");
    assertUnseals(POLICIES);
  }

  @Test
  void anOwnerPasswordOfSomebodyElseIsLeftAlone() {
    try (Tpm tpm = machine.tpm()) {
      tpm.changeOwnerPassword(new byte[] {1}, Authorization.EMPTY);
    }
    try (TpmKeyVault vault = machine.vault()) {
      Provisioning content = MACHINE.provisioning();
      MosException e = assertThrows(MosException.class, () -> vault.provision(content));
      assertEquals(ErrorCode.USAGE, e.code());
      assertContains("clear the TPM in the firmware setup", e.getMessage());
      assertFalse(vault.isProvisioned());
      assertThrows(MosException.class, () -> vault.unprovision(ADMIN));
    }
  }

  @Test
  void theAdministrationRemovesEverything() {
    List<Integer> before;
    try (Tpm tpm = machine.tpm()) {
      before = tpm.handles(0x1000000);
    }
    provision();
    machine.boot("admin");
    try (TpmKeyVault vault = machine.vault()) {
      vault.unprovision(ADMIN);
      assertFalse(vault.isProvisioned());
      MosException e = assertThrows(MosException.class, () -> vault.unprovision(ADMIN));
      assertEquals(ErrorCode.NOT_FOUND, e.code());
    }
    assertUnsealFails(ErrorCode.NOT_FOUND, POLICIES);
    try (Tpm tpm = machine.tpm()) {
      assertEquals(before, tpm.handles(0x1000000));
      assertFalse(tpm.handles(0x81000000).contains(SaltKey.HANDLE));
    }
    provision();
    machine.boot("uki");
    assertUnseals(POLICIES);
  }

  @Test
  void theAdministrationNeedsABootThatFits() {
    provision();
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      for (SealPolicies unfit :
          List.of(
              ADMIN,
              POLICIES,
              Authority.ADMIN.policies(2, 0, "uki"),
              Authority.OTHER.policies(5, 0, "uki"))) {
        MosException e = assertThrows(MosException.class, () -> vault.unprovision(unfit));
        assertEquals(ErrorCode.REFUSED, e.code());
      }
      assertTrue(vault.isProvisioned());
    }
    assertUnseals(POLICIES);
  }

  @Test
  void anotherMachinesTpmOpensNothing() {
    provision();
    try (SoftwareTpm other = new SoftwareTpm(otherState)) {
      other.boot("uki");
      try (TpmKeyVault vault = other.vault()) {
        MosException e = assertThrows(MosException.class, () -> vault.unseal(POLICIES));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        vault.provision(Machine.of('b').provisioning());
        try (UnsealedKeys keys = vault.unseal(POLICIES)) {
          assertFalse(MACHINE.is(keys));
        }
      }
    }
  }

  @Test
  void namesComputedHereAreThoseOfTheTpm() {
    provision();
    try (Tpm tpm = machine.tpm()) {
      assertEquals(Seal.version().written(), tpm.nvReadPublic(Layout.VERSION));
      assertEquals(Seal.gate(), tpm.nvReadPublic(Layout.VERSION_GATE));
      // Refuses another name than the one computed.
      AuthorityKey key = AuthorityKey.of("authority", Authority.LUKS.publicKey());
      Entity loaded = tpm.loadExternal(key);
      assertArrayEquals(key.name(), loaded.name());
      tpm.flush(loaded);
    }
  }

  @Test
  void registersAreRead() {
    machine.boot("uki");
    try (TpmKeyVault vault = machine.vault()) {
      assertEquals(Authority.pcr7("uki"), vault.pcr(7));
      assertEquals(Digest.finish(new byte[32]), vault.pcr(0));
      assertThrows(MosException.class, () -> vault.pcr(24));
    }
  }

  @Test
  void noSecretCrossesTheBusInTheClear() {
    Wiretap wiretap = new Wiretap(machine.transport());
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(wiretap))) {
      vault.provision(MACHINE.provisioning());
    }
    machine.boot("uki");
    Wiretap boot = new Wiretap(machine.transport());
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(boot));
        UnsealedKeys keys = vault.unseal(POLICIES)) {
      assertTrue(MACHINE.is(keys));
    }
    // The certificate is no secret, and shows that something is heard at all.
    assertTrue(boot.heard("acacacacacacacac"));
    for (Wiretap listener : List.of(wiretap, boot)) {
      assertFalse(listener.heard("aaaaaaaa"));
      assertFalse(listener.heard("akakakak"));
    }
  }

  @Test
  void aChangedAnswerIsNoticed() {
    provision();
    machine.boot("uki");
    Transport honest = machine.transport();
    Transport liar =
        new Transport() {
          @Override
          public byte[] exchange(byte[] command) throws IOException {
            byte[] response = honest.exchange(command);
            if (command[1] == 2 && command[9] == 0x4e && response.length > 100) {
              response[20] ^= 1;
            }
            return response;
          }

          @Override
          public void close() throws IOException {
            honest.close();
          }
        };
    try (TpmKeyVault vault = new TpmKeyVault(new Tpm(liar))) {
      MosException e = assertThrows(MosException.class, () -> vault.unseal(POLICIES));
      assertEquals(ErrorCode.RESOURCE, e.code());
    }
  }
}
