package mos.testkit.registry;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A client's connection to a {@link FaultProxy}, with one to the registry beside it. */
final class ProxiedConnection implements AutoCloseable {
  /** An answer that comes so long before the request's end is one that did not wait for it. */
  private static final Duration END_OF_REQUEST = Duration.ofMillis(100);

  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

  private final FaultProxy proxy;
  private final Socket client;
  private final InputStream in;
  private final OutputStream out;
  private @Nullable Upstream upstream;

  ProxiedConnection(FaultProxy proxy, Socket client) throws IOException {
    this.proxy = proxy;
    this.client = client;
    this.in = new BufferedInputStream(client.getInputStream(), 64 * 1024);
    this.out = new BufferedOutputStream(client.getOutputStream(), 64 * 1024);
  }

  /**
   * Passes one request on and its answer back.
   *
   * @return whether another may follow
   */
  boolean exchange() throws IOException {
    HttpHead head = HttpHead.read(in).orElse(null);
    if (head == null) {
      return false;
    }
    ExchangeLog.Entry entry =
        proxy.begin(new FaultPlan.Request(head.word(0), head.word(1), head.header("Range")));
    InputStream body = new Counting(HttpBody.ofRequest(head, in), entry::requestBytes);
    return switch (entry.fault()) {
      case Fault.BreakAtOnce() -> throw new LineBroken(true);
      case Fault.BreakRequest(long position) -> breakRequest(head, body, position);
      case Fault.Answer(int status, Map<String, String> headers) ->
          answer(head, body, entry, status, headers);
      case Fault.RedirectToSelf() ->
          answer(head, body, entry, 307, Map.of("Location", head.word(1)));
      case Fault.RedirectTo(var elsewhere) ->
          answer(
              head,
              body,
              entry,
              307,
              Map.of("Location", elsewhere.resolve(head.word(1)).toString()));
      case Fault.IgnoreRange() -> forward(head.without("Range"), body, entry);
      case Fault.None _,
          Fault.BreakAnswer _,
          Fault.Delay _,
          Fault.RepeatByte _,
          Fault.CorruptByte _,
          Fault.ReplaceHeader _,
          Fault.WrongLength _,
          Fault.Endless _ ->
          forward(head, body, entry);
    };
  }

  @Override
  public void close() throws IOException {
    closeUpstream();
    client.close();
  }

  private boolean breakRequest(HttpHead head, InputStream body, long position) throws IOException {
    boolean chunks = head.says("Transfer-Encoding", "chunked");
    if (chunks || head.length().orElse(0) > 0) {
      allowBody(head);
      Upstream registry = upstream();
      toRegistry(head).write(registry.out());
      body.transferTo(
          new FaultyBody(
              HttpBody.to(registry.out(), chunks),
              new Fault.BreakAnswer(position, true),
              head.length(),
              OptionalLong.empty(),
              count -> {}));
    }
    throw new LineBroken(true);
  }

  private boolean answer(
      HttpHead head,
      InputStream body,
      ExchangeLog.Entry entry,
      int status,
      Map<String, String> headers)
      throws IOException {
    allowBody(head);
    body.transferTo(OutputStream.nullOutputStream());
    byte[] text =
        "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"by plan\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Length", String.valueOf(text.length));
    all.put("Content-Type", "application/json");
    HttpHead answer =
        new HttpHead(
            "HTTP/1.1 " + status + " By plan",
            all.entrySet().stream().map(one -> one.getKey() + ": " + one.getValue()).toList());
    entry.status(status);
    answer.write(out);
    if (!head.word(0).equals("HEAD")) {
      entry.answerBytes(text.length);
      out.write(text);
    }
    out.flush();
    return true;
  }

  private boolean forward(HttpHead head, InputStream body, ExchangeLog.Entry entry)
      throws IOException {
    Upstream registry = upstream();
    allowBody(head);
    Thread request = Thread.ofVirtual().start(() -> send(head, body, registry));
    HttpHead answer = HttpHead.read(registry.in()).orElseThrow(EOFException::new);
    while (answer.status() < 200) {
      answer = HttpHead.read(registry.in()).orElseThrow(EOFException::new);
    }
    InputStream answerBody = HttpBody.ofAnswer(answer, head.word(0), registry.in());
    boolean keep =
        ended(request)
            && !HttpBody.endsWithLine(answer, head.word(0))
            && !answer.says("Connection", "close")
            && !head.says("Connection", "close");
    FaultyAnswer faulty = new FaultyAnswer(entry, out);
    faulty.send(keep ? answer : answer.with("Connection", "close"), head.word(0), answerBody);
    if (!keep) {
      closeUpstream();
    }
    return keep;
  }

  private void send(HttpHead head, InputStream body, Upstream registry) {
    boolean chunks = head.says("Transfer-Encoding", "chunked");
    try {
      toRegistry(head).write(registry.out());
      try (OutputStream to = HttpBody.to(registry.out(), chunks)) {
        body.transferTo(to);
      }
    } catch (IOException e) {
      // The client is gone, or the registry has had enough: its answer, if any, tells.
      registry.endRequest();
    }
  }

  private static boolean ended(Thread request) throws InterruptedIOException {
    try {
      return request.join(END_OF_REQUEST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException().initCause(e);
    }
  }

  private HttpHead toRegistry(HttpHead head) {
    return head.without("Expect").with("X-Forwarded-Proto", proxy.uri().getScheme());
  }

  private void allowBody(HttpHead head) throws IOException {
    if (head.says("Expect", "100-continue")) {
      out.write(CONTINUE.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  private Upstream upstream() throws IOException {
    Upstream known = upstream;
    if (known == null) {
      known = proxy.connect();
      upstream = known;
    }
    return known;
  }

  private void closeUpstream() throws IOException {
    Upstream known = upstream;
    upstream = null;
    if (known != null) {
      known.close();
    }
  }

  private static final class Counting extends FilterInputStream {
    private final LongConsumer counter;
    private long total;

    Counting(InputStream in, LongConsumer counter) {
      super(in);
      this.counter = counter;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        total += count;
        counter.accept(total);
      }
      return count;
    }
  }
}
