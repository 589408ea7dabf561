package mos.linux;

import com.sun.jna.Memory;
import java.util.List;
import java.util.Locale;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.Secret;

/** The kernel's keyrings (keyrings(7), add_key(2), keyctl(2)). */
public enum Keyring {
  /** Of this process, and gone with it. */
  PROCESS(-2),
  /** Of the session that this process belongs to. */
  SESSION(-3),
  /** Of everything that runs as this user. */
  USER(-4);

  private static final int UNLINK = 9;
  private static final int REVOKE = 3;
  private static final int LINK = 8;

  private final int serial;

  Keyring(int serial) {
    this.serial = serial;
  }

  /**
   * A key in the kernel.
   *
   * @param serial its number
   */
  public record Key(int serial) {
    /** Makes it unusable for everybody. */
    public void revoke() {
      control("revoke", REVOKE, serial, 0);
    }
  }

  /**
   * Adds a key that the kernel uses and no program can read, or replaces it.
   *
   * @param name {@code PREFIX:NAME}, as the kernel wants it for such keys
   */
  public Key addLogon(String name, Secret content) {
    return add("logon", name, content);
  }

  /** Adds a key that programs of this user can read, or replaces it. */
  public Key addUser(String name, Secret content) {
    return add("user", name, content);
  }

  /** Has a key live as long as this keyring, too. */
  public void link(Key key) {
    control("link into the " + words() + " keyring", LINK, key.serial(), serial);
  }

  /** Takes a key out of this keyring. */
  public void unlink(Key key) {
    control("unlink from the " + words() + " keyring", UNLINK, key.serial(), serial);
  }

  private Key add(String type, String name, Secret content) {
    return content.use(
        bytes -> {
          // What JNA copies for a call it gives back unwiped; this copy is ours to wipe.
          try (Memory copy = new Memory(Math.max(1, bytes.length))) {
            try {
              copy.write(0, bytes, 0, bytes.length);
              return new Key(
                  Libc.syscall(
                      "add_key",
                      CallNumber.ADD_KEY.here(),
                      type + " " + name + " to the " + words() + " keyring",
                      Libc.string(type),
                      Libc.string(name),
                      copy,
                      (long) bytes.length,
                      serial));
            } finally {
              copy.clear();
            }
          }
        });
  }

  private static void control(String about, int operation, int key, int argument) {
    Libc.syscall("keyctl", CallNumber.KEYCTL.here(), about, operation, key, argument, 0, 0);
  }

  private String words() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** System calls that have no function in the C library, and a number on each architecture. */
  private enum CallNumber {
    ADD_KEY(248, 217),
    KEYCTL(250, 219);

    private final long x86;
    private final long arm;

    CallNumber(long x86, long arm) {
      this.x86 = x86;
      this.arm = arm;
    }

    long here() {
      String machine = System.getProperty("os.arch");
      if (machine.equals("amd64")) {
        return x86;
      }
      // And every architecture that came later.
      if (List.of("aarch64", "riscv64", "loongarch64").contains(machine)) {
        return arm;
      }
      throw new MosException(
          ErrorCode.RESOURCE, "the keyring's system calls on " + machine + " are unknown");
    }
  }
}
