package mos.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;

/** A registry's answer on its way to the client. */
final class FaultyAnswer {
  private final ExchangeLog.Entry entry;
  private final OutputStream out;

  FaultyAnswer(ExchangeLog.Entry entry, OutputStream out) {
    this.entry = entry;
    this.out = out;
  }

  void send(HttpHead answer, String method, InputStream body) throws IOException {
    boolean bodiless = !HttpBody.has(answer, method);
    OptionalLong length = answer.length();
    if (entry.fault() instanceof Fault.BreakAnswer(long position, boolean reset)
        && (bodiless || length.orElse(1) == 0)) {
      throw new LineBroken(reset);
    }
    HttpHead head = faulty(answer);
    boolean chunks = false;
    if (!bodiless && (length.isEmpty() || entry.fault() instanceof Fault.Endless)) {
      head = head.without("Content-Length").with("Transfer-Encoding", "chunked");
      chunks = true;
    }
    entry.status(answer.status());
    head.write(out);
    if (!bodiless) {
      FaultyBody to =
          new FaultyBody(
              HttpBody.to(out, chunks),
              entry.fault(),
              length,
              chunks ? OptionalLong.empty() : head.length(),
              entry::answerBytes);
      body.transferTo(to);
      to.finish();
    }
    out.flush();
  }

  private HttpHead faulty(HttpHead answer) {
    return switch (entry.fault()) {
      case Fault.ReplaceHeader(String name, String value) -> answer.with(name, value);
      case Fault.WrongLength(long difference) when answer.length().isPresent() ->
          answer.with(
              "Content-Length",
              String.valueOf(Math.max(0, answer.length().getAsLong() + difference)));
      default -> answer;
    };
  }
}
