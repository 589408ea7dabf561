package mos.bootstrap.report;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.formats.ResultFormat;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/** One JSON object per event and line; the schema is {@code docs/schema/event.schema.json}. */
final class JsonSink implements EventSink {
  private final PrintStream err;
  private final boolean debug;

  JsonSink(PrintStream err, boolean debug) {
    this.err = err;
    this.debug = debug;
  }

  @Override
  public synchronized void accept(Event event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    switch (event) {
      case Event.StepStarted started -> fields(fields, "stepStarted", "step", started.step());
      case Event.StepDone done -> {
        fields(fields, "stepDone", "step", done.step());
        fields.put("milliseconds", done.took().toMillis());
      }
      case Event.BlobProgress progress -> {
        fields(fields, "blobProgress", "digest", progress.digest());
        fields.put("done", progress.done());
        fields.put("total", progress.total());
      }
      case Event.BlobPresent present -> {
        fields(fields, "blobPresent", "digest", present.digest());
        fields.put("size", present.size());
      }
      case Event.Note note -> fields(fields, "note", "message", note.message());
      case Event.Warning warning -> fields(fields, "warning", "message", warning.message());
      case Event.Detail detail -> {
        if (!debug) {
          return;
        }
        fields(fields, "detail", "message", detail.message());
      }
    }
    err.println(ResultFormat.write(fields).text());
  }

  private static void fields(Map<String, Object> fields, String event, String name, Object value) {
    fields.put("event", event);
    fields.put(name, value.toString());
  }
}
