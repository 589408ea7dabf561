package mos.testkit.registry;

import java.net.URI;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The chance of one request, which its seed settles. */
final class FaultDice {
  private static final Pattern UPLOAD = Pattern.compile("(/blobs/uploads/)[^?]+");
  private static final Pattern DIGEST = Pattern.compile("[?&]digest=([^&]+)");
  private static final String NO_DIGEST = "sha256:" + "0".repeat(64);
  private static final int KINDS = 17;

  /** Nobody listens at the port of the discard service. */
  private static final URI NOBODY = URI.create("http://127.0.0.1:9");

  private final Random random;

  FaultDice(long seed, String thing, int number) {
    this.random = new Random(seed * 1_000_003 + thing.hashCode() * 31L + number);
    // The first number of seeds close to each other is close too.
    random.nextLong();
  }

  /** What a request is about: the same in every run. */
  static String thing(FaultPlan.Request request) {
    String target = request.target();
    int query = target.indexOf('?');
    String path =
        UPLOAD.matcher(query < 0 ? target : target.substring(0, query)).replaceFirst("$1");
    Matcher digest = DIGEST.matcher(target);
    return request.method() + " " + path + (digest.find() ? " " + digest.group(1) : "");
  }

  Fault fault(double share, FaultPlan.Request request) {
    if (random.nextDouble() >= share) {
      return Fault.NONE;
    }
    long position = random.nextLong() >>> 16;
    return switch (random.nextInt(KINDS)) {
      case 0 -> new Fault.BreakAtOnce();
      case 1 -> new Fault.BreakRequest(position);
      case 2 -> new Fault.BreakAnswer(position, true);
      case 3 -> new Fault.BreakAnswer(position, false);
      case 4 -> new Fault.Delay(position, random.nextInt(300));
      case 5 -> new Fault.RepeatByte(position, 1 + random.nextInt(100));
      case 6 -> new Fault.CorruptByte(position);
      case 7 -> Fault.busy(429, retryAfter());
      case 8 -> Fault.busy(503, retryAfter());
      case 9 -> new Fault.ReplaceHeader("Docker-Content-Digest", NO_DIGEST);
      case 10 -> new Fault.ReplaceHeader("Content-Type", "text/html");
      case 11 -> new Fault.WrongLength(1 + random.nextInt(1000));
      case 12 -> new Fault.WrongLength(-1 - random.nextInt(1000));
      case 13 -> new Fault.Endless();
      case 14 -> new Fault.RedirectToSelf();
      case 15 -> new Fault.RedirectTo(NOBODY);
      default ->
          request.range().isEmpty()
              ? new Fault.Answer(502, Map.of())
              : random.nextBoolean() ? Fault.rangeRefused() : new Fault.IgnoreRange();
    };
  }

  private String retryAfter() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "0";
      case 2 -> "1";
      default ->
          ZonedDateTime.now(ZoneOffset.UTC)
              .plusSeconds(1)
              .format(DateTimeFormatter.RFC_1123_DATE_TIME);
    };
  }
}
