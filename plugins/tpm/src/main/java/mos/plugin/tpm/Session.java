package mos.plugin.tpm;

import static mos.plugin.tpm.Crypto.DIGEST_SIZE;

import java.security.MessageDigest;
import java.util.List;
import mos.spi.model.Hmac;

/**
 * A session whose key only this program and the TPM know: its salt was encrypted to a key of the
 * TPM. It proves to each that the other sent what came (HMAC), and hides the first parameter of
 * commands and responses from whoever listens on the bus (XOR obfuscation with KDFa, Part 1, 19.6
 * and 21.2).
 */
final class Session {
  private static final int CONTINUE = 0x01;
  private static final int DECRYPT = 0x20;
  private static final int ENCRYPT = 0x40;

  private final int handle;
  private final byte[] key;
  private byte[] nonceTpm;

  Session(int handle, byte[] salt, byte[] nonceCaller, byte[] nonceTpm) {
    this.handle = handle;
    this.key = Crypto.kdfa(salt, "ATH", nonceTpm, nonceCaller, DIGEST_SIZE);
    this.nonceTpm = nonceTpm;
  }

  /** Itself, where a command wants a policy session as a handle. */
  Entity entity() {
    return new Entity(handle);
  }

  /** Authorizes without a secret of the entity: by policy, or where the entity has none. */
  Authorization plain() {
    return new Use(0, new byte[0], new byte[0]);
  }

  /** The same, and nobody can read the first parameter of the command. */
  Authorization hidingCommand() {
    return new Use(DECRYPT, new byte[0], new byte[0]);
  }

  /** The same, and nobody can read the first parameter of the response. */
  Authorization hidingResponse() {
    return new Use(ENCRYPT, new byte[0], new byte[0]);
  }

  /**
   * Proves to know the authorization value of an entity.
   *
   * @param before what it is
   * @param after what the command makes of it
   */
  Authorization proving(byte[] before, byte[] after, boolean hideCommand) {
    return new Use(hideCommand ? DECRYPT : 0, before, after);
  }

  /** Overwrites the key. */
  void forget() {
    Crypto.wipe(key);
  }

  private final class Use implements Authorization {
    private final int attributes;
    private final byte[] before;
    private final byte[] after;
    private byte[] nonceCaller = new byte[0];

    Use(int attributes, byte[] before, byte[] after) {
      this.attributes = attributes | CONTINUE;
      this.before = before;
      this.after = after;
    }

    @Override
    public byte[] area(Command command, List<Entity> handles, byte[] parameters) {
      nonceCaller = Crypto.random(DIGEST_SIZE);
      byte[] value = Crypto.join(key, before);
      if ((attributes & DECRYPT) != 0) {
        int size = new Unmarshaller(command, parameters).u16();
        Crypto.xor(parameters, 2, Crypto.kdfa(value, "XOR", nonceCaller, nonceTpm, size));
      }
      Marshaller hashed = new Marshaller().u32(command.code());
      for (Entity entity : handles) {
        hashed.raw(entity.name());
      }
      byte[] hash = Crypto.sha256(hashed.raw(parameters).toArray());
      byte[] hmac = Hmac.sha256(value, hash, nonceCaller, nonceTpm, new byte[] {(byte) attributes});
      Crypto.wipe(value);
      return new Marshaller().u32(handle).sized(nonceCaller).u8(attributes).sized(hmac).toArray();
    }

    @Override
    public void accept(Unmarshaller area, Command command, byte[] parameters) {
      nonceTpm = area.sized();
      int answered = area.u8();
      byte[] value = Crypto.join(key, after);
      byte[] hash = Crypto.sha256(new byte[4], Crypto.bigEndian(command.code()), parameters);
      byte[] hmac = Hmac.sha256(value, hash, nonceTpm, nonceCaller, new byte[] {(byte) answered});
      if (!MessageDigest.isEqual(hmac, area.sized()) || answered != attributes) {
        Crypto.wipe(value);
        throw area.malformed("it was changed on its way");
      }
      if ((attributes & ENCRYPT) != 0) {
        Unmarshaller first = new Unmarshaller(command, parameters);
        int size = first.u16();
        first.raw(size);
        Crypto.xor(parameters, 2, Crypto.kdfa(value, "XOR", nonceTpm, nonceCaller, size));
      }
      Crypto.wipe(value);
    }
  }
}
