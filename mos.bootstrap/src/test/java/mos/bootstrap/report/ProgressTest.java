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

  @Test
  void barIsClearedBeforeALine() {
    String shown =
        shown(
            Progress.BAR,
            false,
            new Event.BlobProgress(BLOB, 2048, 2048),
            new Event.StepDone("copy", Duration.ofMillis(3)));
    assertTrue(shown.startsWith("\r\u001b[K2 KiB of 2 KiB in 1 blobs, "), shown);
    assertTrue(shown.endsWith("\r\u001b[Kcopy: 3 ms\n"), shown);
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
