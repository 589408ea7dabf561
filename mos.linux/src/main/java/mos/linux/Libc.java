package mos.linux;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The C library. Single functions instead of a JNA interface, whose proxy costs the boot path
 * several milliseconds.
 */
final class Libc {
  private static final NativeLibrary LIBRARY = NativeLibrary.getInstance("c");
  private static final Map<String, Function> FUNCTIONS = new HashMap<>();

  private Libc() {}

  /** Initialises this class, and with it JNA. */
  static void load() {
    function("close");
  }

  private static Function function(String name) {
    synchronized (FUNCTIONS) {
      return FUNCTIONS.computeIfAbsent(
          name, key -> LIBRARY.getFunction(key, Function.THROW_LAST_ERROR));
    }
  }

  /**
   * Calls a function.
   *
   * @param about what the call is about, for the message
   * @return what it returned, never -1
   * @throws LinuxException when it returned -1
   */
  static int call(String name, String about, @Nullable Object... args) {
    return call(name, name, about, args);
  }

  private static int call(String name, String shown, String about, @Nullable Object... args) {
    try {
      return function(name).invokeInt(args);
    } catch (LastErrorException e) {
      throw new LinuxException(shown, about, e.getErrorCode());
    }
  }

  /** Calls a system call that has no function of its own in every C library we meet. */
  static int syscall(String shown, long number, String about, @Nullable Object... args) {
    @Nullable Object[] all = new @Nullable Object[args.length + 1];
    all[0] = number;
    System.arraycopy(args, 0, all, 1, args.length);
    return call("syscall", shown, about, all);
  }

  /** A C string. */
  static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  static String describe(int errno) {
    return LIBRARY.getFunction("strerror").invokeString(new Object[] {errno}, false);
  }
}
