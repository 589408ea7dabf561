package mos.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.MosException;

/**
 * What this process has used so far.
 *
 * @param peakMemory the most memory that it had at one time, in bytes (proc_pid_status(5), VmHWM)
 * @param own processor time of its threads (proc_pid_stat(5), utime and stime)
 * @param programs processor time of the programs that it ran and waited for (cutime and cstime)
 */
public record ProcessUsage(long peakMemory, Duration own, Duration programs) {
  /** What the kernel counts in towards programs: USER_HZ, which is 100 on all its platforms. */
  private static final int TICK = 10;

  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s*([0-9]+) kB$");

  /** Of utime among the fields behind the program's name, which may hold anything. */
  private static final int USER_TIME = 11;

  /**
   * Asks the kernel.
   *
   * @throws MosException RESOURCE when {@code /proc} is not there, or says something else
   */
  public static ProcessUsage now() {
    try {
      return parse(
          Files.readString(Path.of("/proc/self/status")),
          Files.readString(Path.of("/proc/self/stat")));
    } catch (IOException e) {
      throw MosException.io("cannot read /proc/self", e);
    }
  }

  /** Reads the two files. */
  static ProcessUsage parse(String status, String stat) throws IOException {
    Matcher peak = PEAK.matcher(status);
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" "));
    if (!peak.find() || fields.size() < USER_TIME + 4) {
      throw new IOException("not as proc_pid_stat(5) and proc_pid_status(5) say");
    }
    return new ProcessUsage(
        Long.parseLong(peak.group(1)) << 10,
        time(fields.subList(USER_TIME, USER_TIME + 2)),
        time(fields.subList(USER_TIME + 2, USER_TIME + 4)));
  }

  private static Duration time(List<String> ticks) throws IOException {
    try {
      return Duration.ofMillis(ticks.stream().mapToLong(Long::parseLong).sum() * TICK);
    } catch (NumberFormatException e) {
      throw new IOException("not as proc_pid_stat(5) says", e);
    }
  }
}
