package mos.linux;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Mounting: the calls of Linux 5.2 and later, and the classic ones. System call numbers are the
 * same on every architecture.
 */
public final class Mount {
  private static final long OPEN_TREE = 428;
  private static final long MOVE_MOUNT = 429;
  private static final long FSOPEN = 430;
  private static final long FSCONFIG = 431;
  private static final long FSMOUNT = 432;

  private static final int CLOEXEC = 1;
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int CREATE = 6;
  private static final int AT_FDCWD = -100;
  private static final int OPEN_TREE_CLONE_CLOEXEC = 1 | 02000000;
  private static final int MOVE_FROM_EMPTY_PATH = 4;

  private static final long MS_REC = 0x4000;
  private static final long MS_PRIVATE = 1 << 18;
  private static final int MNT_DETACH = 2;
  private static final int NO_FOLLOW = 8;
  private static final int CLONE_NEWNS = 0x20000;

  private Mount() {}

  /** What a mount does not let happen (fsmount(2)). */
  public enum Attribute {
    /** Nothing is written. */
    READ_ONLY(1),
    /** No program gets the rights of its owner. */
    NO_SUID(2),
    /** No device node opens a device. */
    NO_DEVICES(4),
    /** No program is started. */
    NO_PROGRAMS(8);

    private final int bit;

    Attribute(int bit) {
      this.bit = bit;
    }
  }

  /** A file system being configured (fsopen(2)). */
  public static final class Context implements AutoCloseable {
    private final FileDescriptor context;
    private final String type;

    private Context(FileDescriptor context, String type) {
      this.context = context;
      this.type = type;
    }

    /** Sets an option without a value. */
    public Context flag(String key) {
      configure(SET_FLAG, key, null);
      return this;
    }

    /**
     * Sets an option; the value is taken as it is, no character in it is special to the kernel's
     * interface.
     */
    public Context set(String key, String value) {
      configure(SET_STRING, key, value);
      return this;
    }

    /** Creates the file system and a mount of it that is nowhere yet. */
    public FileDescriptor mount(boolean readOnly) {
      return mount(readOnly ? Set.of(Attribute.READ_ONLY) : Set.of());
    }

    /** Creates the file system and a mount of it with these attributes that is nowhere yet. */
    public FileDescriptor mount(Set<Attribute> wanted) {
      if (wanted.contains(Attribute.READ_ONLY)) {
        flag("ro");
      }
      configure(CREATE, "", null);
      int attributes = wanted.stream().mapToInt(attribute -> attribute.bit).sum();
      return new FileDescriptor(
          Libc.syscall("fsmount", FSMOUNT, type, context.number(), CLOEXEC, attributes),
          type + " mount");
    }

    private void configure(int command, String key, @Nullable String value) {
      byte @Nullable [] name = command == CREATE ? null : Libc.string(key);
      byte @Nullable [] text = value == null ? null : Libc.string(value);
      String about =
          command == CREATE
              ? "create " + type
              : type + " " + key + (value == null ? "" : "=" + value);
      try {
        Libc.syscall("fsconfig", FSCONFIG, about, context.number(), command, name, text, 0);
      } catch (LinuxException e) {
        String reason = messages();
        throw reason.isEmpty()
            ? e
            : new LinuxException("fsconfig", about + " (" + reason + ")", e.errno());
      }
    }

    /** What the kernel says about the failure (fsopen(2), "reading messages"). */
    private String messages() {
      StringBuilder text = new StringBuilder();
      byte[] line = new byte[256];
      try {
        for (int i = 0; i < 8; i++) {
          int length = Libc.call("read", type, context.number(), line, (long) line.length);
          text.append(i == 0 ? "" : "; ")
              .append(new String(line, 0, length, java.nio.charset.StandardCharsets.UTF_8).strip());
        }
      } catch (LinuxException e) {
        return text.toString();
      }
      return text.toString();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /** Begins to configure a file system. */
  public static Context open(String type) {
    return new Context(
        new FileDescriptor(Libc.syscall("fsopen", FSOPEN, type, Libc.string(type), CLOEXEC), type),
        type);
  }

  /** Puts a mount that is nowhere yet onto a directory. */
  public static void attach(FileDescriptor mount, Path directory) {
    Libc.syscall(
        "move_mount",
        MOVE_MOUNT,
        directory.toString(),
        mount.number(),
        Libc.string(""),
        AT_FDCWD,
        Libc.string(directory.toString()),
        MOVE_FROM_EMPTY_PATH);
  }

  /** Puts a mount that is nowhere yet onto a directory that is held open. */
  public static void attach(FileDescriptor mount, FileDescriptor directory) {
    Libc.syscall(
        "move_mount",
        MOVE_MOUNT,
        directory.toString(),
        mount.number(),
        Libc.string(""),
        directory.number(),
        Libc.string(""),
        MOVE_FROM_EMPTY_PATH | 0x40);
  }

  /** Another mount of what is at a path (not of what is mounted below it), that is nowhere yet. */
  public static FileDescriptor copy(Path path) {
    return new FileDescriptor(
        Libc.syscall(
            "open_tree",
            OPEN_TREE,
            path.toString(),
            AT_FDCWD,
            Libc.string(path.toString()),
            OPEN_TREE_CLONE_CLOEXEC),
        path.toString());
  }

  /** Makes {@code target} show what {@code source} shows. */
  public static void bind(Path source, Path target) {
    try (FileDescriptor copy = copy(source)) {
      attach(copy, target);
    }
  }

  /** Moves a mount, with everything mounted below it, to another directory. */
  public static void move(Path from, Path to) {
    Libc.syscall(
        "move_mount",
        MOVE_MOUNT,
        from + " to " + to,
        AT_FDCWD,
        Libc.string(from.toString()),
        AT_FDCWD,
        Libc.string(to.toString()),
        0);
  }

  /**
   * Unmounts.
   *
   * @throws LinuxException EBUSY when it is in use, EINVAL when nothing is mounted there
   */
  public static void unmount(Path path) {
    Libc.call("umount2", path.toString(), Libc.string(path.toString()), NO_FOLLOW);
  }

  /** Takes a mount away at once; who uses it keeps it until they are done. */
  public static void detach(Path path) {
    Libc.call("umount2", path.toString(), Libc.string(path.toString()), NO_FOLLOW | MNT_DETACH);
  }

  /**
   * Gives the calling thread a mount namespace of its own in which nothing that it mounts is seen
   * by others. It ends when the thread returns or ends, and whatever is mounted in it alone ends
   * too.
   *
   * @return the namespace that it left, for {@link #enterNamespace}
   */
  public static FileDescriptor leaveNamespace() {
    FileDescriptor left = FileDescriptor.read(Path.of("/proc/thread-self/ns/mnt"));
    try {
      Libc.call("unshare", "a mount namespace", CLONE_NEWNS);
      Libc.call(
          "mount",
          "private /",
          Libc.string("none"),
          Libc.string("/"),
          null,
          MS_REC | MS_PRIVATE,
          null);
      return left;
    } catch (LinuxException e) {
      left.close();
      throw e;
    }
  }

  /** Returns the calling thread to a namespace that it left; its own is gone when this is done. */
  public static void enterNamespace(FileDescriptor namespace) {
    Libc.call("setns", "a mount namespace", namespace.number(), CLONE_NEWNS);
  }

  /**
   * Changes the working directory of the calling thread, which must have left its namespace and so
   * has one of its own.
   */
  public static void changeDirectory(Path directory) {
    Libc.call("chdir", directory.toString(), Libc.string(directory.toString()));
  }
}
