package mos.testkit.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/** A body on its way, to which a fault is done at a position. */
final class FaultyBody extends OutputStream {
  private static final byte[] ZEROS = new byte[16 * 1024];

  private final OutputStream to;
  private final Fault fault;
  private final long position;
  private final long limit;
  private final LongConsumer counter;
  private long passed;
  private long sent;

  /**
   * A body that goes to a stream.
   *
   * @param length how many bytes are to be written
   * @param limit how many bytes at most are to be sent; fewer are filled up with zeros
   * @param counter told the number of bytes before they are sent
   */
  FaultyBody(
      OutputStream to, Fault fault, OptionalLong length, OptionalLong limit, LongConsumer counter) {
    this.to = to;
    this.fault = fault;
    this.position = position(fault, length.orElse(Long.MAX_VALUE));
    this.limit = limit.orElse(Long.MAX_VALUE);
    this.counter = counter;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    long before = position - passed;
    passed += length;
    if (before < 0 || before >= length) {
      send(bytes, offset, length);
      return;
    }
    int hit = offset + (int) before;
    send(bytes, offset, (int) before);
    switch (fault) {
      case Fault.BreakAnswer(long at, boolean reset) -> {
        to.flush();
        throw new LineBroken(reset);
      }
      case Fault.Delay(long at, long millis) -> {
        to.flush();
        pause(millis);
        send(bytes, hit, length - (int) before);
      }
      case Fault.RepeatByte(long at, int times) -> {
        byte[] again = new byte[times];
        Arrays.fill(again, bytes[hit]);
        send(again, 0, times);
        send(bytes, hit, length - (int) before);
      }
      case Fault.CorruptByte(long at) -> {
        send(new byte[] {(byte) (bytes[hit] ^ 0x10)}, 0, 1);
        send(bytes, hit + 1, length - (int) before - 1);
      }
      default -> send(bytes, hit, length - (int) before);
    }
  }

  @Override
  public void flush() throws IOException {
    to.flush();
  }

  /** Sends what is to follow; not part of closing, since a broken body ends where it broke. */
  void finish() throws IOException {
    boolean endless = fault instanceof Fault.Endless;
    while (endless || (limit != Long.MAX_VALUE && sent < limit)) {
      send(ZEROS, 0, ZEROS.length);
    }
    to.close();
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    int allowed = (int) Math.min(length, limit - sent);
    sent += allowed;
    counter.accept(sent);
    to.write(bytes, offset, allowed);
  }

  private static long position(Fault fault, long length) {
    long position =
        switch (fault) {
          case Fault.BreakAnswer broken -> broken.position();
          case Fault.Delay delay -> delay.position();
          case Fault.RepeatByte repeated -> repeated.position();
          case Fault.CorruptByte corrupt -> corrupt.position();
          default -> -1;
        };
    return position < 0 || length == 0 ? -1 : position % length;
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException().initCause(e);
    }
  }
}
