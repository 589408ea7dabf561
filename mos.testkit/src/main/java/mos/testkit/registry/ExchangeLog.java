package mos.testkit.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What went through a proxy; an exchange is there as soon as its request is. */
final class ExchangeLog {
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** An exchange while it takes place: one thread writes each of its numbers, others read. */
  static final class Entry {
    private final FaultPlan.Request request;
    private final Fault fault;
    private volatile int status;
    private volatile long requestBytes;
    private volatile long answerBytes;

    private Entry(FaultPlan.Request request, Fault fault) {
      this.request = request;
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }

    void status(int value) {
      status = value;
    }

    void requestBytes(long total) {
      requestBytes = total;
    }

    void answerBytes(long total) {
      answerBytes = total;
    }

    private Exchange snapshot() {
      return new Exchange(
          request.method(),
          request.target(),
          request.range(),
          fault,
          status,
          requestBytes,
          answerBytes);
    }
  }

  Entry begin(FaultPlan.Request request, Fault fault) {
    Entry entry = new Entry(request, fault);
    entries.add(entry);
    return entry;
  }

  List<Exchange> snapshot() {
    return entries.stream().map(Entry::snapshot).toList();
  }

  void clear() {
    entries.clear();
  }
}
