package mos.plugin.tpm;

import static mos.plugin.tpm.Crypto.DIGEST_SIZE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a TPM 2.0 (TPM 2.0 Library 1.59, Part 3) that sealing needs, one method each.
 * Every failure is a {@link MosException} RESOURCE; a response code is a {@link TpmException}.
 */
final class Tpm implements AutoCloseable {
  static final int RSA = 0x0001;
  static final int XOR = 0x000a;
  static final int SHA256 = 0x000b;
  static final int NONE = 0x0010;
  static final int RSASSA = 0x0014;

  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int HEADER_SIZE = 10;

  private static final int CAPABILITY_HANDLES = 1;
  private static final int CAPABILITY_PROPERTIES = 6;

  /** A little more than the two seconds that a self-test may take. */
  private static final long PATIENCE_MILLIS = 10_000;

  private final Transport transport;

  Tpm(Transport transport) {
    this.transport = transport;
  }

  /** A property of TPM_CAP_TPM_PROPERTIES. */
  int property(int property) {
    Unmarshaller answer = capability(CAPABILITY_PROPERTIES, property, 1);
    int count = answer.u32();
    if (count != 1 || answer.u32() != property) {
      throw answer.malformed("it has no property 0x" + Integer.toHexString(property));
    }
    int value = answer.u32();
    answer.end();
    return value;
  }

  /** Handles that exist, from one on, of its kind. */
  List<Integer> handles(int from) {
    List<Integer> handles = new ArrayList<>();
    boolean more = true;
    while (more) {
      int next = handles.isEmpty() ? from : handles.getLast() + 1;
      Unmarshaller answer =
          run(
              Command.GET_CAPABILITY,
              List.of(),
              null,
              new Marshaller().u32(CAPABILITY_HANDLES).u32(next).u32(64).toArray());
      more = answer.u8() != 0;
      answer.u32();
      int count = answer.u32();
      if (more && count == 0) {
        throw answer.malformed("more of nothing");
      }
      for (int i = 0; i < count; i++) {
        int handle = answer.u32();
        if (Integer.compareUnsigned(handle, next) < 0 || (i > 0 && handle <= handles.getLast())) {
          throw answer.malformed("handles out of order");
        }
        handles.add(handle);
      }
      answer.end();
    }
    return handles;
  }

  private Unmarshaller capability(int capability, int property, int count) {
    Unmarshaller answer =
        run(
            Command.GET_CAPABILITY,
            List.of(),
            null,
            new Marshaller().u32(capability).u32(property).u32(count).toArray());
    answer.u8();
    if (answer.u32() != capability) {
      throw answer.malformed("another capability");
    }
    return answer;
  }

  /** A register of the SHA-256 bank. */
  Digest pcrRead(int pcr) {
    Unmarshaller answer = run(Command.PCR_READ, List.of(), null, selection(pcr));
    answer.u32();
    byte[] selected = answer.raw(selection(pcr).length);
    if (!Arrays.equals(selected, selection(pcr)) || answer.u32() != 1) {
      throw answer.malformed(
          "it has no SHA-256 bank of registers; enable it in the firmware setup");
    }
    byte[] value = answer.sized();
    answer.end();
    if (value.length != DIGEST_SIZE) {
      throw answer.malformed("a register of " + value.length + " bytes");
    }
    return Digest.finish(value);
  }

  /** Extends a register of the SHA-256 bank. */
  void pcrExtend(int pcr, byte[] digest) {
    run(
            Command.PCR_EXTEND,
            List.of(new Entity(pcr)),
            Authorization.EMPTY,
            new Marshaller().u32(1).u16(SHA256).raw(digest).toArray())
        .end();
  }

  /** TPML_PCR_SELECTION of one register of the SHA-256 bank. */
  static byte[] selection(int pcr) {
    byte[] bits = new byte[3];
    bits[pcr / 8] = (byte) (1 << pcr % 8);
    return new Marshaller().u32(1).u16(SHA256).u8(bits.length).raw(bits).toArray();
  }

  /** Starts a session that nobody else knows the key of. */
  Session startSession(SaltKey saltKey, boolean policy) {
    byte[] salt = Crypto.random(DIGEST_SIZE);
    byte[] nonceCaller = Crypto.random(DIGEST_SIZE);
    try {
      Unmarshaller answer =
          run(
              Command.START_AUTH_SESSION,
              List.of(saltKey.entity(), Entity.NULL),
              null,
              new Marshaller()
                  .sized(nonceCaller)
                  .sized(saltKey.encrypt(salt))
                  .u8(policy ? 1 : 0)
                  .u16(XOR)
                  .u16(SHA256)
                  .u16(SHA256)
                  .toArray(),
              1);
      int handle = answer.u32();
      byte[] nonceTpm = answer.sized();
      answer.end();
      return new Session(handle, salt, nonceCaller, nonceTpm);
    } finally {
      Crypto.wipe(salt);
    }
  }

  void flush(Entity entity) {
    run(Command.FLUSH_CONTEXT, List.of(), null, new Marshaller().u32(entity.handle()).toArray())
        .end();
  }

  /** Loads a public key, to be flushed. */
  Entity loadExternal(AuthorityKey key) {
    Unmarshaller answer =
        run(
            Command.LOAD_EXTERNAL,
            List.of(),
            null,
            new Marshaller().u16(0).sized(key.publicArea()).u32(Entity.OWNER.handle()).toArray(),
            1);
    int handle = answer.u32();
    byte[] name = answer.sized();
    answer.end();
    if (!Arrays.equals(name, key.name())) {
      throw answer.malformed("another name of the key");
    }
    return new Entity(handle, name);
  }

  /**
   * Verifies an RSASSA signature with SHA-256.
   *
   * @return the ticket that says so, a TPMT_TK_VERIFIED
   */
  byte[] verifySignature(Entity key, byte[] digest, byte[] signature) {
    Unmarshaller answer =
        run(
            Command.VERIFY_SIGNATURE,
            List.of(key),
            null,
            new Marshaller().sized(digest).u16(RSASSA).u16(SHA256).sized(signature).toArray());
    byte[] ticket =
        new Marshaller().u16(answer.u16()).u32(answer.u32()).sized(answer.sized()).toArray();
    answer.end();
    return ticket;
  }

  void policyPcr(Session policy, int pcr, Digest value) {
    byte[] digest = Crypto.sha256(HexFormat.of().parseHex(value.hex()));
    run(
            Command.POLICY_PCR,
            List.of(policy.entity()),
            null,
            new Marshaller().sized(digest).raw(selection(pcr)).toArray())
        .end();
  }

  /** Compares an index that everybody may read. */
  void policyNv(Session policy, NvIndex index, byte[] operand, int operation) {
    run(
            Command.POLICY_NV,
            List.of(index.entity(), index.entity(), policy.entity()),
            Authorization.EMPTY,
            new Marshaller().sized(operand).u16(0).u16(operation).toArray())
        .end();
  }

  void policyAuthorize(Session policy, byte[] approved, byte[] keyName, byte[] ticket) {
    run(
            Command.POLICY_AUTHORIZE,
            List.of(policy.entity()),
            null,
            new Marshaller().sized(approved).u16(0).sized(keyName).raw(ticket).toArray())
        .end();
  }

  void policySecret(Session policy, Entity entity, Authorization proof) {
    Unmarshaller answer =
        run(
            Command.POLICY_SECRET,
            List.of(entity, policy.entity()),
            proof,
            new Marshaller().u16(0).u16(0).u16(0).u32(0).toArray());
    answer.sized();
    answer.u16();
    answer.u32();
    answer.sized();
    answer.end();
  }

  /** Creates a primary key of the owner, whose authorization value is empty; to be flushed. */
  Entity createPrimary(byte[] template) {
    Unmarshaller answer =
        run(
            Command.CREATE_PRIMARY,
            List.of(Entity.OWNER),
            Authorization.EMPTY,
            new Marshaller().u16(4).u16(0).u16(0).sized(template).u16(0).u32(0).toArray(),
            1);
    return new Entity(answer.u32());
  }

  /** Keeps a key under a handle, or removes the one that is there; the owner's value is empty. */
  void evictControl(Entity key, int persistent) {
    run(
            Command.EVICT_CONTROL,
            List.of(Entity.OWNER, key),
            Authorization.EMPTY,
            new Marshaller().u32(persistent).toArray())
        .end();
  }

  /** The public area of a key, a TPMT_PUBLIC. */
  Unmarshaller readPublic(int handle) {
    Unmarshaller answer = run(Command.READ_PUBLIC, List.of(new Entity(handle)), null, new byte[0]);
    byte[] publicArea = answer.sized();
    answer.sized();
    answer.sized();
    answer.end();
    return new Unmarshaller(Command.READ_PUBLIC, publicArea);
  }

  /**
   * Defines an index of the owner.
   *
   * @param password its authorization value
   */
  void nvDefine(NvIndex index, byte[] password, Authorization owner) {
    run(
            Command.NV_DEFINE_SPACE,
            List.of(Entity.OWNER),
            owner,
            new Marshaller().sized(password).sized(index.marshalled()).takeSecret())
        .end();
  }

  /** Removes an index of the owner, whose authorization value is empty. */
  void nvUndefine(int index) {
    run(
            Command.NV_UNDEFINE_SPACE,
            List.of(Entity.OWNER, new Entity(index)),
            Authorization.EMPTY,
            new byte[0])
        .end();
  }

  /**
   * The public area of an index.
   *
   * @return null when it is not defined
   */
  @Nullable NvIndex nvReadPublic(int handle) {
    Unmarshaller answer;
    try {
      answer = run(Command.NV_READ_PUBLIC, List.of(new Entity(handle)), null, new byte[0]);
    } catch (TpmException e) {
      if (e.kind() == ResponseCode.HANDLE) {
        return null;
      }
      throw e;
    }
    NvIndex index = NvIndex.read(new Unmarshaller(Command.NV_READ_PUBLIC, answer.sized()));
    byte[] name = answer.sized();
    answer.end();
    if (index.handle() != handle || !Arrays.equals(index.name(), name)) {
      throw answer.malformed("another index");
    }
    return index;
  }

  /** A piece of an index; {@code authorization} is that of the index itself. */
  byte[] nvRead(Entity index, int offset, int size, Authorization authorization) {
    Unmarshaller answer =
        run(
            Command.NV_READ,
            List.of(index, index),
            authorization,
            new Marshaller().u16(size).u16(offset).toArray());
    byte[] piece = answer.sized();
    answer.wipe();
    answer.end();
    if (piece.length != size) {
      throw answer.malformed(piece.length + " bytes in place of " + size);
    }
    return piece;
  }

  void nvWrite(Entity by, NvIndex index, int offset, byte[] piece, Authorization authorization) {
    run(
            Command.NV_WRITE,
            List.of(by, index.entity()),
            authorization,
            new Marshaller().sized(piece).u16(offset).takeSecret())
        .end();
  }

  void nvReadLock(NvIndex index, Authorization authorization) {
    run(Command.NV_READ_LOCK, List.of(index.entity(), index.entity()), authorization, new byte[0])
        .end();
  }

  /** Gives the owner another authorization value. */
  void changeOwnerPassword(byte[] password, Authorization owner) {
    run(
            Command.HIERARCHY_CHANGE_AUTH,
            List.of(Entity.OWNER),
            owner,
            new Marshaller().sized(password).takeSecret())
        .end();
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (IOException e) {
      throw MosException.io("cannot close the TPM", e);
    }
  }

  private Unmarshaller run(
      Command command,
      List<Entity> handles,
      @Nullable Authorization authorization,
      byte[] parameters) {
    return run(command, handles, authorization, parameters, 0);
  }

  /**
   * Runs a command.
   *
   * @param parameters overwritten when this returns
   * @param answered how many handles the response begins with
   * @return handles and parameters of the response
   */
  private Unmarshaller run(
      Command command,
      List<Entity> handles,
      @Nullable Authorization authorization,
      byte[] parameters,
      int answered) {
    Marshaller rest = new Marshaller();
    for (Entity entity : handles) {
      rest.u32(entity.handle());
    }
    if (authorization != null) {
      rest.raw(sized32(authorization.area(command, handles, parameters)));
    }
    byte[] tail = rest.raw(parameters).takeSecret();
    byte[] request =
        new Marshaller()
            .u16(authorization == null ? NO_SESSIONS : SESSIONS)
            .u32(HEADER_SIZE + tail.length)
            .u32(command.code())
            .raw(tail)
            .takeSecret();
    byte[] response;
    try {
      response = exchange(command, request);
    } finally {
      Crypto.wipe(tail, parameters, request);
    }

    Unmarshaller answer = new Unmarshaller(command, response);
    int tag = answer.u16();
    answer.u32();
    answer.u32();
    if (tag != (authorization == null ? NO_SESSIONS : SESSIONS)) {
      throw answer.malformed("an unexpected tag");
    }
    if (authorization == null) {
      byte[] content = answer.raw(response.length - HEADER_SIZE);
      answer.wipe();
      return new Unmarshaller(command, content);
    }
    byte[] handle = answer.raw(4 * answered);
    byte[] content = answer.raw(answer.u32());
    authorization.accept(answer, command, content);
    answer.end();
    answer.wipe();
    if (answered == 0) {
      return new Unmarshaller(command, content);
    }
    return new Unmarshaller(command, Crypto.join(handle, content));
  }

  private static byte[] sized32(byte[] area) {
    return Crypto.join(Crypto.bigEndian(area.length), area);
  }

  /** Sends it until the TPM has time for it. */
  private byte[] exchange(Command command, byte[] request) {
    long pause = 5;
    for (long waited = 0; ; waited += pause, pause = Math.min(2 * pause, 500)) {
      byte[] response;
      try {
        response = transport.exchange(request);
      } catch (IOException e) {
        throw MosException.io("the TPM does not answer " + command.words(), e);
      }
      Unmarshaller header = new Unmarshaller(command, response);
      header.u16();
      if (header.u32() != response.length) {
        throw header.malformed("its length is not what it says");
      }
      int code = header.u32();
      if (code == 0) {
        return response;
      }
      if (!ResponseCode.isPassing(code) || waited >= PATIENCE_MILLIS) {
        throw new TpmException(command, code);
      }
      pause(command, pause);
    }
  }

  private static void pause(Command command, long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(
          ErrorCode.RESOURCE, "interrupted while the TPM was busy with " + command.words(), e);
    }
  }
}
