package mos.spi.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;

class BlobReportTest {
  private static final Digest BLOB = Bytes.utf8("a blob").digest();

  private final List<Event> events = new ArrayList<>();

  private static Event progress(long done, long total) {
    return new Event.BlobProgress(BLOB, done, total);
  }

  @Test
  void beginningAndEndAreReported() {
    BlobReport report = new BlobReport(events::add, BLOB, 100);
    report.at(40);
    report.at(100);

    assertEquals(List.of(progress(0, 100), progress(100, 100)), events);
  }

  @Test
  void betweenThemSomeBytesAreWaitedFor() {
    long size = 20L << 20;
    BlobReport report = new BlobReport(events::add, BLOB, size);
    for (long done = 1 << 20; done <= size; done += 1 << 20) {
      report.at(done);
    }

    assertEquals(
        List.of(
            progress(0, size),
            progress(8 << 20, size),
            progress(16 << 20, size),
            progress(size, size)),
        events);
  }

  @Test
  void aSlowOneIsReportedEverySecond() throws InterruptedException {
    BlobReport report = new BlobReport(events::add, BLOB, 100);
    report.at(1);
    Thread.sleep(1050);
    report.at(2);

    assertEquals(List.of(progress(0, 100), progress(2, 100)), events);
  }

  @Test
  void aStepBackIsReportedAtOnce() {
    BlobReport report = new BlobReport(events::add, BLOB, 16 << 20);
    report.at(9 << 20);
    report.at(5);

    assertEquals(progress(5, 16 << 20), events.getLast());
  }
}
