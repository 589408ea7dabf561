package mos.testkit.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** A message's body as it stands on the line: of a known length, or in chunks, or to the end. */
final class HttpBody {
  private static final byte[] END_OF_LINE = {'\r', '\n'};

  private HttpBody() {}

  /** The body that follows a request's head. */
  static InputStream ofRequest(HttpHead head, InputStream line) {
    if (head.says("Transfer-Encoding", "chunked")) {
      return new Chunked(line);
    }
    return new Counted(line, head.length().orElse(0));
  }

  /** The body that follows an answer's head. */
  static InputStream ofAnswer(HttpHead head, String method, InputStream line) throws IOException {
    if (!has(head, method)) {
      return InputStream.nullInputStream();
    }
    if (head.says("Transfer-Encoding", "chunked")) {
      return new Chunked(line);
    }
    OptionalLong length = head.length();
    return length.isPresent() ? new Counted(line, length.getAsLong()) : line;
  }

  /** Whether an answer has a body, possibly an empty one. */
  static boolean has(HttpHead answer, String method) throws ProtocolException {
    int status = answer.status();
    return !method.equals("HEAD") && status != 204 && status != 304;
  }

  /** Whether an answer's body ends where the connection does. */
  static boolean endsWithLine(HttpHead answer, String method) throws ProtocolException {
    return has(answer, method)
        && answer.length().isEmpty()
        && !answer.says("Transfer-Encoding", "chunked");
  }

  /** What a body is written to; with chunks when its length is not known. */
  static OutputStream to(OutputStream line, boolean chunks) {
    return chunks ? new InChunks(line) : new Kept(line);
  }

  private static final class Counted extends InputStream {
    private final InputStream line;
    private long left;

    Counted(InputStream line, long length) {
      this.line = line;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = line.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException();
      }
      left -= count;
      return count;
    }
  }

  private static final class Chunked extends InputStream {
    private final InputStream line;
    private long left;
    private boolean begun;
    private boolean ended;

    Chunked(InputStream line) {
      this.line = line;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int count = line.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException();
      }
      left -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      if (begun) {
        nextLine();
      }
      begun = true;
      String size = nextLine();
      int extension = size.indexOf(';');
      left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      if (left == 0) {
        ended = true;
        while (!nextLine().isEmpty()) {
          // Trailers say nothing that a registry needs.
        }
      }
    }

    private String nextLine() throws IOException {
      return HttpHead.line(line).orElseThrow(EOFException::new);
    }
  }

  private static final class InChunks extends OutputStream {
    private final OutputStream line;

    InChunks(OutputStream line) {
      this.line = line;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        line.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        line.write(bytes, offset, length);
        line.write(END_OF_LINE);
      }
    }

    @Override
    public void flush() throws IOException {
      line.flush();
    }

    @Override
    public void close() throws IOException {
      line.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      line.flush();
    }
  }

  /** Its end is not that of the line. */
  private static final class Kept extends OutputStream {
    private final OutputStream line;

    Kept(OutputStream line) {
      this.line = line;
    }

    @Override
    public void write(int one) throws IOException {
      line.write(one);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      line.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      line.flush();
    }

    @Override
    public void close() throws IOException {
      line.flush();
    }
  }
}
