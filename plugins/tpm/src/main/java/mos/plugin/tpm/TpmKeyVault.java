package mos.plugin.tpm;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.Provisioning;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.Secret;
import mos.spi.unlock.UnsealedKeys;
import org.jspecify.annotations.Nullable;

/**
 * A machine's secrets as NV indexes of its TPM ({@link Layout}), each opened by the policies of an
 * authority ({@link Seal}).
 *
 * <p>The owner's password is set by the last command of {@link #provision} and cleared by the first
 * of {@link #unprovision}: a machine is provisioned when there is a layout and the password is set,
 * and as long as it is not, its indexes are leftovers that anybody may remove.
 *
 * <p>Secrets cross the bus encrypted ({@link Session}), against somebody who listens to it. Not
 * against somebody who answers in the TPM's place: nothing in the initrd tells this machine's TPM
 * from another one, until the volumes do not open.
 */
final class TpmKeyVault implements KeyVault {
  private static final int NV_INDEX_MAX = 0x117;
  private static final int NV_BUFFER_MAX = 0x12c;
  private static final int PERMANENT = 0x200;
  private static final int OWNER_PASSWORD_SET = 1;

  private static final int LONGEST_KEY = 4096;
  private static final int FIRST_INDEX = 0x1500000;

  private static final byte[] NOTHING = new byte[0];
  private static final byte[] LOCKED = "mos: locked".getBytes(StandardCharsets.US_ASCII);

  private final Tpm tpm;

  /** Public areas and the layout are read once: nobody else changes them while this is open. */
  private final Map<Integer, NvIndex> indexes = new HashMap<>();

  private @Nullable Layout layout;
  private int pieceSize;
  private @Nullable SaltKey saltKey;
  private @Nullable Session policySession;

  /** What opened the secrets, and so can lock them. */
  private @Nullable Fit opener;

  TpmKeyVault(Tpm tpm) {
    this.tpm = tpm;
  }

  @Override
  public boolean isProvisioned() {
    return layout() != null;
  }

  @Override
  public Digest pcr(int index) {
    if (index < 0 || index > 23) {
      throw new InvalidFieldException("index", "must be 0 to 23, is " + index);
    }
    return tpm.pcrRead(index);
  }

  @Override
  public int minimumVersion() {
    provisioned();
    return version();
  }

  @Override
  public void provision(Provisioning content) {
    check(content);
    AuthorityKey luksAuthority = AuthorityKey.of("luksAuthority", content.luksAuthority());
    AuthorityKey adminAuthority = AuthorityKey.of("adminAuthority", content.adminAuthority());
    if (isOwned()) {
      throw new MosException(
          ErrorCode.USAGE,
          layout() == null
              ? "somebody else has set the TPM's owner password; clear the TPM in the firmware setup"
              : "this machine is provisioned already; unprovision it first");
    }
    // A TPM that cannot verify their signatures would never open what is sealed to them.
    tpm.flush(tpm.loadExternal(luksAuthority));
    tpm.flush(tpm.loadExternal(adminAuthority));
    int indexSize = tpm.property(NV_INDEX_MAX);
    byte[] certificate = content.sudiCertificate().toArray();
    Layout layout =
        new Layout(
            parts("sudiCertificate", certificate.length, indexSize),
            parts("sudiKey", content.sudiKey().size(), indexSize));

    removeEverything();
    createSaltKey();
    Session session = tpm.startSession(saltKey(), false);
    byte[] adminPassword = Crypto.randomPassword();
    byte[] versionPassword = Crypto.randomPassword();
    try {
      byte[] opened = Seal.authorizedBy(luksAuthority.name());
      tpm.nvDefine(Seal.gate(), versionPassword, session.hidingCommand());
      define(session, Seal.version(), Crypto.bigEndian(content.minimumVersion()));
      defineSecret(session, Layout.VERSION_PASSWORD, opened, versionPassword);
      defineSecret(
          session, Layout.ADMIN_PASSWORD, Seal.authorizedBy(adminAuthority.name()), adminPassword);
      content
          .luksKey()
          .use(
              key -> {
                defineSecret(session, Layout.LUKS_KEY, opened, key);
                return key.length;
              });
      content
          .sudiKey()
          .use(
              key -> {
                List<Integer> indexes = Layout.parts(Layout.KEY, layout.keyParts());
                for (int i = 0; i < indexes.size(); i++) {
                  byte[] part = part(key, i, indexSize);
                  defineSecret(session, indexes.get(i), opened, part);
                  Crypto.wipe(part);
                }
                return key.length;
              });
      List<Integer> indexes = Layout.parts(Layout.CERTIFICATE, layout.certificateParts());
      for (int i = 0; i < indexes.size(); i++) {
        byte[] part = part(certificate, i, indexSize);
        define(session, Layout.readable(indexes.get(i), part.length), part);
      }
      define(session, Layout.index(), layout.marshalled());
      tpm.changeOwnerPassword(adminPassword, session.proving(NOTHING, adminPassword, true));
    } finally {
      Crypto.wipe(adminPassword, versionPassword);
      end(session);
    }
  }

  private static void check(Provisioning content) {
    if (content.luksKey().size() != Layout.LUKS_KEY_SIZE) {
      throw new InvalidFieldException(
          "luksKey", "must be " + Layout.LUKS_KEY_SIZE + " bytes, is " + content.luksKey().size());
    }
    if (content.sudiKey().size() < 1 || content.sudiKey().size() > LONGEST_KEY) {
      throw new InvalidFieldException(
          "sudiKey", "must be 1 to " + LONGEST_KEY + " bytes, is " + content.sudiKey().size());
    }
    if (content.minimumVersion() < 1) {
      throw new InvalidFieldException(
          "minimumVersion", "must be 1 or more, is " + content.minimumVersion());
    }
  }

  private static int parts(String field, int size, int indexSize) {
    if (indexSize < 64) {
      throw new MosException(
          ErrorCode.RESOURCE,
          "the TPM has indexes of " + indexSize + " bytes, which are too small");
    }
    int parts = Math.ceilDiv(size, indexSize);
    if (parts > Layout.MAX_PARTS) {
      throw new InvalidFieldException(
          field,
          "must be at most " + Layout.MAX_PARTS * indexSize + " bytes for this TPM, is " + size);
    }
    return parts;
  }

  private static byte[] part(byte[] whole, int number, int size) {
    return Arrays.copyOfRange(whole, number * size, Math.min((number + 1) * size, whole.length));
  }

  private void createSaltKey() {
    Entity key = tpm.createPrimary(SaltKey.template());
    try {
      tpm.evictControl(key, SaltKey.HANDLE);
    } finally {
      tpm.flush(key);
    }
  }

  private void defineSecret(Session session, int handle, byte[] authPolicy, byte[] content) {
    define(session, Layout.secret(handle, authPolicy, content.length), content);
  }

  private void define(Session session, NvIndex index, byte[] content) {
    tpm.nvDefine(index, NOTHING, session.hidingCommand());
    NvIndex current = index;
    for (int at = 0; at < content.length; at += pieceSize()) {
      byte[] piece = Arrays.copyOfRange(content, at, Math.min(at + pieceSize(), content.length));
      tpm.nvWrite(Entity.OWNER, current, at, piece, session.hidingCommand());
      Crypto.wipe(piece);
      current = index.written();
    }
  }

  @Override
  public void unprovision(SealPolicies admin) {
    if (!isOwned()) {
      if (!removeEverything()) {
        throw notProvisioned();
      }
      return;
    }
    provisioned();
    NvIndex sealed = sealed(Layout.ADMIN_PASSWORD);
    byte[] password = read(Fit.find(tpm, admin, sealed, version()), sealed);
    Session session = tpm.startSession(saltKey(), false);
    try {
      tpm.changeOwnerPassword(NOTHING, session.proving(password, NOTHING, true));
    } catch (TpmException e) {
      if (e.kind() == ResponseCode.BAD_AUTH || e.kind() == ResponseCode.AUTH_FAIL) {
        throw new MosException(
            ErrorCode.USAGE,
            "somebody else has changed the TPM's owner password; clear the TPM in the firmware setup",
            e);
      }
      throw e;
    } finally {
      Crypto.wipe(password);
      end(session);
    }
    removeEverything();
  }

  /** Removes all that there is of us; whether there was something. */
  private boolean removeEverything() {
    opener = null;
    layout = null;
    indexes.clear();
    List<Integer> ours = Layout.everything();
    boolean found = false;
    for (int handle : tpm.handles(FIRST_INDEX)) {
      if (ours.contains(handle)) {
        tpm.nvUndefine(handle);
        found = true;
      }
    }
    if (tpm.handles(SaltKey.HANDLE).contains(SaltKey.HANDLE)) {
      endPolicySession();
      saltKey = null;
      tpm.evictControl(new Entity(SaltKey.HANDLE), SaltKey.HANDLE);
      found = true;
    }
    return found;
  }

  @Override
  public UnsealedKeys unseal(SealPolicies policies) {
    Layout layout = provisioned();
    NvIndex sealed = sealed(Layout.LUKS_KEY);
    Fit fit = Fit.find(tpm, policies, sealed, version());
    ByteArrayOutputStream certificate = new ByteArrayOutputStream();
    for (int handle : Layout.parts(Layout.CERTIFICATE, layout.certificateParts())) {
      certificate.writeBytes(readPublicly(defined(handle)));
    }
    byte[] luksKey = read(fit, sealed);
    byte[] sudiKey = NOTHING;
    try {
      if (luksKey.length != Layout.LUKS_KEY_SIZE) {
        throw damaged(Layout.LUKS_KEY);
      }
      for (int handle : Layout.parts(Layout.KEY, layout.keyParts())) {
        byte[] part = read(fit, sealed(handle));
        byte[] before = sudiKey;
        sudiKey = Crypto.join(before, part);
        Crypto.wipe(before, part);
      }
    } catch (MosException e) {
      Crypto.wipe(luksKey, sudiKey);
      throw e;
    }
    opener = fit;
    return new UnsealedKeys(
        Secret.takeOver(luksKey),
        Bytes.copyOf(certificate.toByteArray()),
        Secret.takeOver(sudiKey));
  }

  @Override
  public void raiseMinimumVersion(SealPolicies policies) {
    provisioned();
    int minimum = version();
    if (Integer.compareUnsigned(policies.minimumVersion(), minimum) <= 0) {
      return;
    }
    NvIndex sealed = sealed(Layout.VERSION_PASSWORD);
    byte[] password = read(Fit.find(tpm, policies, sealed, minimum), sealed);
    Session proof = tpm.startSession(saltKey(), false);
    try {
      Session policy = policySession();
      tpm.policySecret(policy, Seal.gate().entity(), proof.proving(password, password, false));
      NvIndex version = Seal.version().written();
      tpm.nvWrite(
          version.entity(),
          version,
          0,
          Crypto.bigEndian(policies.minimumVersion()),
          policy.plain());
    } catch (MosException e) {
      endPolicySession();
      throw e;
    } finally {
      Crypto.wipe(password);
      end(proof);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The register is what counts: no policy fits any more, whoever asks. The locks of the indexes
   * need a policy that fits, so that they are set only after {@link #unseal} has found one.
   */
  @Override
  public void lockUntilReset() {
    MosException failure = null;
    Fit fit = opener;
    opener = null;
    if (fit != null) {
      try {
        for (int handle : provisioned().secrets()) {
          NvIndex sealed = sealed(handle);
          tpm.nvReadLock(sealed, fitting(fit).plain());
          indexes.remove(handle); // it is another one now: its lock is part of its name
        }
      } catch (MosException e) {
        endPolicySession();
        failure = e;
      }
    }
    Digest before = tpm.pcrRead(Seal.PCR);
    tpm.pcrExtend(Seal.PCR, Crypto.sha256(LOCKED));
    if (tpm.pcrRead(Seal.PCR).equals(before)) {
      throw new MosException(ErrorCode.RESOURCE, "the TPM did not extend PCR 7");
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    try (tpm) {
      endPolicySession();
    }
  }

  private boolean isOwned() {
    return (tpm.property(PERMANENT) & OWNER_PASSWORD_SET) != 0;
  }

  private Layout provisioned() {
    Layout layout = layout();
    if (layout == null) {
      throw notProvisioned();
    }
    return layout;
  }

  private static MosException notProvisioned() {
    return MosException.notFound(
        "this machine is not provisioned: its TPM holds no secrets of mos");
  }

  private @Nullable Layout layout() {
    if (layout == null) {
      layout = readLayout();
    }
    return layout;
  }

  private @Nullable Layout readLayout() {
    NvIndex index = tpm.nvReadPublic(Layout.LAYOUT);
    if (index == null || !index.equals(Layout.index().written()) || !isOwned()) {
      return null;
    }
    return Layout.read(readPublicly(index));
  }

  private int version() {
    return new Unmarshaller(Command.NV_READ, readPublicly(Seal.version().written())).u32();
  }

  private NvIndex defined(int handle) {
    NvIndex known = indexes.get(handle);
    if (known != null) {
      return known;
    }
    NvIndex index = tpm.nvReadPublic(handle);
    if (index == null || !index.has(NvIndex.WRITTEN)) {
      throw damaged(handle);
    }
    indexes.put(handle, index);
    return index;
  }

  private NvIndex sealed(int handle) {
    NvIndex index = defined(handle);
    if (!index.has(NvIndex.POLICYREAD)) {
      throw damaged(handle);
    }
    return index;
  }

  private static MosException damaged(int handle) {
    return new MosException(
        ErrorCode.RESOURCE,
        "the TPM's index 0x" + Integer.toHexString(handle) + " is not as mos wrote it");
  }

  private byte[] readPublicly(NvIndex index) {
    byte[] content = new byte[index.size()];
    for (int at = 0; at < content.length; at += pieceSize()) {
      int size = Math.min(pieceSize(), content.length - at);
      byte[] piece = tpm.nvRead(index.entity(), at, size, Authorization.EMPTY);
      System.arraycopy(piece, 0, content, at, size);
    }
    return content;
  }

  /** Reads what is sealed; the caller wipes it. */
  private byte[] read(Fit fit, NvIndex sealed) {
    byte[] content = new byte[sealed.size()];
    try {
      for (int at = 0; at < content.length; at += pieceSize()) {
        int size = Math.min(pieceSize(), content.length - at);
        byte[] piece = tpm.nvRead(sealed.entity(), at, size, fitting(fit).hidingResponse());
        System.arraycopy(piece, 0, content, at, size);
        Crypto.wipe(piece);
      }
      return content;
    } catch (MosException e) {
      Crypto.wipe(content);
      endPolicySession();
      throw e;
    }
  }

  /** The session in which this boot has shown that it fits: good for one command. */
  private Session fitting(Fit fit) {
    Session session = policySession();
    fit.show(tpm, session);
    return session;
  }

  private Session policySession() {
    Session session = policySession;
    if (session == null) {
      session = tpm.startSession(saltKey(), true);
      policySession = session;
    }
    return session;
  }

  private void endPolicySession() {
    Session session = policySession;
    policySession = null;
    if (session != null) {
      end(session);
    }
  }

  /** Ends a session as well as can be: what matters is that nobody has its key. */
  private void end(Session session) {
    session.forget();
    try {
      tpm.flush(session.entity());
    } catch (MosException e) {
      // The resource manager ends it when the device is closed; a failure before says more.
    }
  }

  private SaltKey saltKey() {
    SaltKey key = saltKey;
    if (key == null) {
      key = SaltKey.read(tpm);
      saltKey = key;
    }
    return key;
  }

  private int pieceSize() {
    if (pieceSize == 0) {
      int size = tpm.property(NV_BUFFER_MAX);
      if (size < 32) {
        throw new MosException(
            ErrorCode.RESOURCE, "the TPM reads pieces of " + size + " bytes, which is too few");
      }
      pieceSize = Math.min(size, 2048);
    }
    return pieceSize;
  }
}
