package mos.testkit.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * First line and headers of an HTTP/1.1 message (RFC 9112).
 *
 * @param line the first line
 * @param headers as {@code Name: value}, in their order
 */
record HttpHead(String line, List<String> headers) {
  private static final int LONGEST = 64 * 1024;

  /** Reads one; none when the peer has ended its side. */
  static Optional<HttpHead> read(InputStream in) throws IOException {
    Optional<String> first = line(in);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    List<String> headers = new ArrayList<>();
    while (true) {
      String header = line(in).orElseThrow(EOFException::new);
      if (header.isEmpty()) {
        return Optional.of(new HttpHead(first.orElseThrow(), headers));
      }
      headers.add(header);
    }
  }

  /** A line without its end; none when the stream is at its end. */
  static Optional<String> line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        if (line.isEmpty()) {
          return Optional.empty();
        }
        throw new EOFException();
      }
      if (next == '\n') {
        int end = line.length();
        return Optional.of(
            end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString());
      }
      line.append((char) next);
      if (line.length() > LONGEST) {
        throw new ProtocolException("a line is too long");
      }
    }
  }

  /** A word of the first line: method and target of a request, status (1) of an answer. */
  String word(int number) throws ProtocolException {
    String[] words = line.split(" ", 3);
    if (words.length <= number) {
      throw new ProtocolException(line);
    }
    return words[number];
  }

  int status() throws ProtocolException {
    return Integer.parseInt(word(1));
  }

  Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> is(header, name))
        .map(header -> header.substring(name.length() + 1).strip())
        .findFirst();
  }

  boolean says(String name, String value) {
    return header(name).filter(value::equalsIgnoreCase).isPresent();
  }

  OptionalLong length() {
    return header("Content-Length")
        .map(value -> OptionalLong.of(Long.parseLong(value)))
        .orElse(OptionalLong.empty());
  }

  /** The same without a header. */
  HttpHead without(String name) {
    return new HttpHead(line, headers.stream().filter(header -> !is(header, name)).toList());
  }

  /** The same with a header of this value alone. */
  HttpHead with(String name, String value) {
    List<String> changed = new ArrayList<>(without(name).headers);
    changed.add(name + ": " + value);
    return new HttpHead(line, changed);
  }

  void write(OutputStream out) throws IOException {
    String text = line + "\r\n" + String.join("\r\n", headers) + "\r\n";
    out.write((headers.isEmpty() ? text : text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static boolean is(String header, String name) {
    return header.length() > name.length()
        && header.charAt(name.length()) == ':'
        && header.regionMatches(true, 0, name, 0, name.length());
  }
}
