package mos.plugin.registry;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What went wrong with a connection, in words: many of the JDK's errors have none. */
final class Reasons {
  private Reasons() {}

  /** The reason of a failure. */
  static String of(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "the name is not known (DNS)";
      }
    }
    return switch (failure) {
      case SocketTimeoutException timeout -> String.valueOf(timeout.getMessage());
      case ConnectException _ -> "connection refused";
      default -> deepest(failure);
    };
  }

  private static String deepest(Throwable failure) {
    @Nullable String words = failure.getMessage();
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        words = cause.getMessage();
      }
    }
    return words == null || words.isBlank() ? failure.getClass().getSimpleName() : words;
  }
}
