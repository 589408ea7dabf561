package mos.bootstrap.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How events are shown. */
class ProgressTest {
  private static final Digest BLOB = Bytes.utf8("a blob").digest();

  private static String shown(Progress progress, boolean debug, Event... events) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    EventSink sink = progress.sink(new PrintStream(err, true, StandardCharsets.UTF_8), debug);
    List.of(events).forEach(sink::accept);
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainLinesNameTheStepAndItsTime() {
    assertEquals(
        "mount: 12 ms\n",
        shown(
            Progress.PLAIN,
            false,
            new Event.StepStarted("mount"),
            new Event.StepDone("mount", Duration.ofMillis(12))));
  }

  @Test
  void plainLinesOfACopyComeAtMostEveryFiveSeconds() {
    Event[] many = new Event[1000];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Event.BlobProgress(BLOB, i, many.length);
    }
    assertEquals("", shown(Progress.PLAIN, false, many));
  }

  private static final long SECOND = 1_000_000_000L;
  private static final Digest OTHER = Bytes.utf8("another blob").digest();

  /** What happened when, in seconds. */
  private record At(double seconds, Event event) {}

  private static final class Slow {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    private long now = 100 * SECOND;

    private EventSink plain() {
      return new PlainSink(stream, false, true) {
        @Override
        long now() {
          return now;
        }
      };
    }

    private EventSink bar() {
      return new BarSink(stream, false) {
        @Override
        long now() {
          return now;
        }
      };
    }

    private String shown(EventSink sink, At... events) {
      long start = now;
      for (At event : events) {
        now = start + (long) (event.seconds() * SECOND);
        sink.accept(event.event());
      }
      return err.toString(StandardCharsets.UTF_8);
    }
  }

  private static At progress(double seconds, Digest blob, int done, int total) {
    return new At(seconds, new Event.BlobProgress(blob, (long) done << 20, (long) total << 20));
  }

  private static String brief(Digest digest) {
    return digest.hex().substring(0, 12);
  }

  @Test
  void plainLinesTellOfEachBlobAndOfAll() {
    Slow slow = new Slow();
    assertEquals(
        """
        BLOB: 10 MiB of 20 MiB, 2 MiB/s, 5 s left
        total: 10 MiB of 220 MiB in 2 blobs, 2 MiB/s, 105 s left
        BLOB: 15 MiB of 20 MiB, 1 MiB/s, 3 s left
        OTHER: 40 MiB of 200 MiB, 8 MiB/s, 20 s left
        total: 55 MiB of 220 MiB in 2 blobs, 9 MiB/s, 18 s left
        """
            .replace("BLOB", brief(BLOB))
            .replace("OTHER", brief(OTHER)),
        slow.shown(
            slow.plain(),
            progress(0, BLOB, 0, 20),
            progress(0, OTHER, 0, 200),
            progress(0, BLOB, 0, 20),
            progress(5, BLOB, 10, 20),
            progress(5, OTHER, 0, 200),
            progress(7, OTHER, 16, 200),
            progress(9.9, BLOB, 15, 20),
            progress(10, OTHER, 40, 200)));
  }

  @Test
  void aBlobThatIsThereIsNotCounted() {
    Slow slow = new Slow();
    assertEquals(
        "%s: 1 MiB of 2 MiB, 170 KiB/s, 6 s left\n".formatted(brief(BLOB))
            + "total: 1 MiB of 2 MiB in 1 blob, 170 KiB/s, 6 s left\n",
        slow.shown(
            slow.plain(),
            progress(0, BLOB, 0, 2),
            progress(0, OTHER, 0, 200),
            new At(1, new Event.BlobPresent(OTHER, 200 << 20)),
            progress(6, BLOB, 1, 2)));
  }

  @Test
  void aRateIsThatOfTheLastSeconds() {
    Slow slow = new Slow();
    At[] events = new At[100];
    for (int i = 0; i < events.length; i++) {
      events[i] = progress(i, BLOB, i < 50 ? i * 10 : 450 + i, 1000);
    }
    String shown = slow.shown(slow.plain(), events);
    assertTrue(shown.contains(" 10 MiB/s, "), shown);
    assertTrue(
        shown.endsWith(" of 1000 MiB in 1 blob, 1 MiB/s, 455 s left\n".replace("455 s", "7 min")),
        shown);
  }

  @Test
  void aStepBackTakesNothingFromTheRate() {
    Slow slow = new Slow();
    String shown =
        slow.shown(
            slow.plain(),
            progress(0, BLOB, 0, 100),
            progress(2, BLOB, 50, 100),
            progress(3, BLOB, 0, 100),
            progress(5, BLOB, 20, 100));
    assertEquals(
        "%s: 20 MiB of 100 MiB, 10 MiB/s, 8 s left\n".formatted(brief(BLOB))
            + "total: 20 MiB of 100 MiB in 1 blob, 14 MiB/s, 6 s left\n",
        shown);
  }

  @Test
  void barIsDrawnAnewAndClearedBeforeALine() {
    Slow slow = new Slow();
    String total = "total: %s in 2 blobs, %s left\u001b[?7h\n";
    String clear = "\u001b[%dA\r\u001b[J";
    assertEquals(
        "\u001b[?7l"
            + brief(BLOB)
            + ": 2 MiB of 4 MiB, 2 MiB/s, 1 s left\n"
            + total.formatted("2 MiB of 12 MiB", "2 MiB/s, 5 s")
            + clear.formatted(2)
            + "\u001b[?7l"
            + brief(OTHER)
            + ": 4 MiB of 8 MiB, 2 MiB/s, 2 s left\n"
            + total.formatted("8 MiB of 12 MiB", "4 MiB/s, 1 s")
            + clear.formatted(2)
            + "\u001b[?7l"
            + total.formatted("12 MiB of 12 MiB", "4 MiB/s, 0 s")
            + clear.formatted(1)
            + "copy: 3000 ms\n",
        slow.shown(
            slow.bar(),
            progress(0, BLOB, 0, 4),
            progress(0, OTHER, 0, 8),
            progress(1, BLOB, 2, 4),
            progress(1.01, BLOB, 4, 4),
            progress(2, OTHER, 4, 8),
            progress(3, OTHER, 8, 8),
            new At(3, new Event.StepDone("copy", Duration.ofSeconds(3)))));
  }

  @Test
  void manyBlobsDoNotFillTheTerminal() {
    Slow slow = new Slow();
    At[] events = new At[20];
    for (int i = 0; i < events.length; i++) {
      events[i] = progress(i, Bytes.utf8("blob " + i).digest(), 1, 2);
    }
    String last = slow.shown(slow.bar(), events);
    last = last.substring(last.lastIndexOf("\u001b[J"));
    assertEquals(10, last.lines().count(), last);
    assertTrue(last.contains("\nand 12 more\n"), last);
  }

  @Test
  void nothingIsDrawnBeforeTheFirstByte() {
    Slow slow = new Slow();
    assertEquals("", slow.shown(slow.bar(), progress(0, BLOB, 0, 4), progress(1, OTHER, 0, 8)));
  }

  @ParameterizedTest
  @CsvSource({
    "1023,1023 B",
    "1024,1 KiB",
    "1048576,1 MiB",
    "1073741824,1.0 GiB",
    "5905580032,5.5 GiB"
  })
  void aSizeIsReadByPeople(long bytes, String text) {
    assertEquals(text, Copies.size(bytes));
  }

  @ParameterizedTest
  @CsvSource({"0,0 s", "119,119 s", "120,2 min", "7199,119 min", "7200,2 h"})
  void aTimeIsReadByPeople(long seconds, String text) {
    assertEquals(text, Copies.time(seconds));
  }

  @Test
  void everyEventIsOneJsonLine() {
    assertEquals(
        """
        {"event":"stepStarted","step":"a \\"step\\""}
        {"event":"stepDone","step":"s","milliseconds":7}
        {"event":"blobProgress","digest":"DIGEST","done":1,"total":2}
        {"event":"blobPresent","digest":"DIGEST","size":3}
        {"event":"note","message":"n"}
        {"event":"warning","message":"two\\nlines"}
        {"event":"detail","message":"d"}
        """
            .replace("DIGEST", BLOB.toString()),
        shown(
            Progress.JSON,
            true,
            new Event.StepStarted("a \"step\""),
            new Event.StepDone("s", Duration.ofMillis(7)),
            new Event.BlobProgress(BLOB, 1, 2),
            new Event.BlobPresent(BLOB, 3),
            new Event.Note("n"),
            new Event.Warning("two\nlines"),
            new Event.Detail("d")));
  }

  @ParameterizedTest
  @EnumSource(Progress.class)
  void detailIsForDebugOnly(Progress progress) {
    assertEquals("", shown(progress, false, new Event.Detail("d")));
    assertTrue(shown(progress, true, new Event.Detail("d")).contains("d"));
  }

  @Test
  void noneShowsWarningsOnly() {
    assertEquals(
        "warning: look\n",
        shown(
            Progress.NONE,
            false,
            new Event.StepDone("s", Duration.ZERO),
            new Event.Note("n"),
            new Event.Warning("look")));
  }
}
