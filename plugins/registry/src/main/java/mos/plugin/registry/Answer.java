package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * What a server answers.
 *
 * @param head status and headers
 * @param body to be closed by whoever asked
 */
record Answer(HttpResponse head, InputStream body) {
  private static final int MAX = 16 << 10;

  int status() {
    return head.getCode();
  }

  /** The first header of a name. */
  Optional<String> header(String name) {
    return Optional.ofNullable(head.getFirstHeader(name)).map(Header::getValue);
  }

  /** All headers of a name. */
  List<String> headers(String name) {
    return Arrays.stream(head.getHeaders(name)).map(Header::getValue).toList();
  }

  /** How long it says that its body is, or would be. */
  OptionalLong length() {
    try {
      return header("Content-Length").stream().mapToLong(Long::parseLong).findFirst();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Reads the rest, so that the connection can be used again; gives what it says about why. */
  String done() {
    try (body) {
      return Answers.because(body.readNBytes(MAX));
    } catch (IOException e) {
      return "";
    }
  }
}
