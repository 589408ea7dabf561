package mos.linux;

import com.sun.jna.Memory;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.Secret;

/** The kernel's keyring of everything that runs as this user (keyrings(7), add_key(2)). */
public final class Keyring {
  private static final int USER = -4;
  private static final int UNLINK = 9;

  private Keyring() {}

  /**
   * A key in it.
   *
   * @param serial its number
   */
  public record Key(int serial) {
    /** Takes it out. */
    public void unlink() {
      Libc.syscall(
          "keyctl",
          CallNumber.KEYCTL.here(),
          "unlink from the user keyring",
          UNLINK,
          serial,
          USER,
          0,
          0);
    }
  }

  /**
   * Adds a key that the kernel uses and no program can read, or replaces it.
   *
   * @param name {@code PREFIX:NAME}, as the kernel wants it for such keys
   */
  public static Key addLogon(String name, Secret content) {
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
                      "logon " + name + " to the user keyring",
                      Libc.string("logon"),
                      Libc.string(name),
                      copy,
                      (long) bytes.length,
                      USER));
            } finally {
              copy.clear();
            }
          }
        });
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
