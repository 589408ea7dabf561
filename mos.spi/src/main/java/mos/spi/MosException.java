package mos.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of mos. Its message is a single line for a person: what failed, where (field
 * path, file, URL) and what to do. Control characters in the message are escaped, so that hostile
 * input cannot forge a second line.
 */
public class MosException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** An error without an underlying cause. */
  public MosException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /** An error that another one caused; the cause shows only with {@code --debug}. */
  public MosException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
    this.code = code;
  }

  /** The class of the error. */
  public final ErrorCode code() {
    return code;
  }

  /** Malformed input. */
  public static MosException invalid(String message) {
    return new MosException(ErrorCode.INVALID, message);
  }

  /** Refused by verification. */
  public static MosException refused(String message) {
    return new MosException(ErrorCode.REFUSED, message);
  }

  /** Something that was asked for does not exist. */
  public static MosException notFound(String message) {
    return new MosException(ErrorCode.NOT_FOUND, message);
  }

  /**
   * An I/O failure as a {@link ErrorCode#RESOURCE} error.
   *
   * @param what what was being done, with the place: {@code "cannot write /config/x"}
   */
  public static MosException io(String what, IOException cause) {
    return new MosException(ErrorCode.RESOURCE, what + ": " + reason(cause), cause);
  }

  /** The reason of an I/O failure in words: the JDK's file exceptions often carry only a path. */
  private static String reason(IOException cause) {
    String message = cause.getMessage();
    return switch (cause) {
      case java.nio.file.NoSuchFileException e -> "no such file: " + e.getFile();
      case java.nio.file.AccessDeniedException e -> "permission denied: " + e.getFile();
      case java.nio.file.FileAlreadyExistsException e -> "already exists: " + e.getFile();
      case java.nio.file.NotDirectoryException e -> "not a directory: " + e.getFile();
      case java.nio.file.DirectoryNotEmptyException e -> "directory not empty: " + e.getFile();
      default -> message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    };
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isHidden(c)) {
                for (char unit : Character.toChars(c)) {
                  line.append(String.format("\\u%04x", (int) unit));
                }
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }

  /** Whether a terminal would act on it, or nobody would see it. */
  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
