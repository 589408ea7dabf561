package mos.linux;

import mos.spi.ErrorCode;
import mos.spi.MosException;

/** A system call failed. */
public final class LinuxException extends MosException {
  private static final long serialVersionUID = 1L;

  /** No such file or directory. */
  public static final int ENOENT = 2;

  /** Input/output error; also what dm-verity gives for a block that does not verify. */
  public static final int EIO = 5;

  /** No such device or address. */
  public static final int ENXIO = 6;

  /** Try again; a lock is held. */
  public static final int EAGAIN = 11;

  /** Device or resource busy. */
  public static final int EBUSY = 16;

  /** File exists. */
  public static final int EEXIST = 17;

  /** No such device. */
  public static final int ENODEV = 19;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** Function not implemented. */
  public static final int ENOSYS = 38;

  private final int errno;

  LinuxException(String call, String about, int errno) {
    super(
        errno == EBUSY ? ErrorCode.BUSY : ErrorCode.RESOURCE,
        call + (about.isEmpty() ? "" : " " + about) + ": " + Libc.describe(errno));
    this.errno = errno;
  }

  /** The error number (errno(3)). */
  public int errno() {
    return errno;
  }
}
