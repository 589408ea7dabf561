package mos.testkit.vm;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine writes to its serial line: without the terminal's control sequences, in memory to
 * be searched, and with times in a log file.
 */
final class Console implements AutoCloseable {
  private static final char ESCAPE = 0x1B;
  private static final char BELL = 0x07;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StringBuilder text = new StringBuilder();
  private final BufferedWriter log;
  private final long start = System.nanoTime();
  private int lineStart;
  private Duration lineTime = Duration.ZERO;
  private int searched;
  private boolean ended;

  Console(Path file) {
    try {
      this.log = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Since the machine was started. */
  Duration time() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Reads until the machine ends. */
  void readFrom(InputStream line) {
    try (Reader reader = new InputStreamReader(line, StandardCharsets.UTF_8)) {
      char[] chunk = new char[4096];
      int state = 0; // as take() has them
      for (int count = reader.read(chunk); count >= 0; count = reader.read(chunk)) {
        lock.lock();
        try {
          for (int i = 0; i < count; i++) {
            state = take(chunk[i], state);
          }
          log.flush();
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (IOException e) {
      note("the console broke: " + e);
    } finally {
      end();
    }
  }

  /** Writes a line of our own to the log, for those who read it. */
  void note(String remark) {
    lock.lock();
    try {
      log.write(String.format(Locale.ROOT, "[%8.3f] -- %s%n", seconds(time()), remark));
      log.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for text that was not awaited before: it is searched from behind the last sighting.
   *
   * @return empty when it did not come, or the machine ended without it
   */
  Optional<Sighting> await(Pattern pattern, Duration timeout) {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (true) {
        Matcher matcher = pattern.matcher(text).region(searched, text.length());
        if (matcher.find()) {
          searched = matcher.end();
          return Optional.of(new Sighting(matcher.toMatchResult(), time()));
        }
        if (ended || left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing more will come. */
  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** All that was written so far. */
  String text() {
    lock.lock();
    try {
      return text.toString();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a character.
   *
   * @param state 0 in text, 1 after an escape, 2 in a control sequence, 3 before the last character
   *     of another, 4 in a command to the terminal's operating system
   * @return the next state
   */
  private int take(char next, int state) throws IOException {
    return switch (state) {
      case 1 -> afterEscape(next);
      case 2 -> next >= 0x40 && next <= 0x7E ? 0 : 2;
      case 3 -> 0;
      case 4 -> next == BELL ? 0 : next == ESCAPE ? 3 : 4;
      default -> {
        if (next == ESCAPE) {
          yield 1;
        }
        keep(next);
        yield 0;
      }
    };
  }

  private static int afterEscape(char next) {
    return switch (next) {
      case '[' -> 2;
      case '(', ')', '#' -> 3;
      case ']' -> 4;
      default -> 0;
    };
  }

  private void keep(char next) throws IOException {
    if (next == '\n') {
      logLine();
      text.append(next);
      lineStart = text.length();
    } else if (next == '\t' || next >= ' ') {
      if (text.length() == lineStart) {
        lineTime = time();
      }
      text.append(next);
    }
  }

  private void logLine() throws IOException {
    if (text.length() > lineStart) {
      String line = text.substring(lineStart);
      log.write(String.format(Locale.ROOT, "[%8.3f] %s%n", seconds(lineTime), line));
    }
  }

  private void end() {
    lock.lock();
    try {
      logLine();
      lineStart = text.length();
      log.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ended = true;
      changed.signalAll();
      lock.unlock();
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
