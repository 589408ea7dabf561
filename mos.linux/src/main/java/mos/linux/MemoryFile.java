package mos.linux;

/** Files without a name, in memory only (memfd_create(2)): they go with their last user. */
public final class MemoryFile {
  private static final int CLOEXEC = 1;

  private MemoryFile() {}

  /**
   * An empty file. It can be written through {@link FileDescriptor#path}.
   *
   * @param name for people who look into {@code /proc}
   */
  public static FileDescriptor create(String name) {
    return new FileDescriptor(
        Libc.call("memfd_create", name, Libc.string(name), CLOEXEC), "memory file " + name);
  }
}
