package mos.distribution.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.testkit.vm.VirtualMachine;

/**
 * The boots of the tests and how long they took, in a table that {@code ./test vm} shows at last.
 */
final class VmBoots {
  private static final Pattern START = Pattern.compile("\\[ *([0-9.]+)] mos: start");
  private static final Pattern END = Pattern.compile("\\[ *([0-9.]+)] mos: (?:switching|refused)");
  private static final Pattern USED =
      Pattern.compile("used ([0-9]+) MiB, ([0-9]+) ms of the processor, its programs ([0-9]+) ms");
  private static final Path TABLE = Path.of("target/vm/boots.txt").toAbsolutePath();
  private static final List<String> LINES = new ArrayList<>();

  private VmBoots() {}

  /** Notes a boot that is over. */
  static void of(VirtualMachine machine, String name, String how) {
    String console = machine.console();
    Matcher start = START.matcher(console);
    Matcher end = END.matcher(console);
    String share = "";
    if (start.find() && end.find()) {
      double from = Double.parseDouble(start.group(1));
      double to = Double.parseDouble(end.group(1));
      share =
          String.format(Locale.ROOT, "mos %.1f s (kernel time %.1f to %.1f)", to - from, from, to);
      Matcher used = USED.matcher(console);
      if (used.find()) {
        share +=
            String.format(
                Locale.ROOT,
                ", processor: own %.1f s, programs %.1f s; %s MiB",
                Integer.parseInt(used.group(2)) / 1e3,
                Integer.parseInt(used.group(3)) / 1e3,
                used.group(1));
      }
    }
    of(name, how, machine.time().toNanos(), share);
  }

  /** Notes something that took time. */
  static synchronized void of(String name, String how, long nanos, String remark) {
    String line =
        String.format(Locale.ROOT, "%-44s %-9s %6.1f s  %s", name, how, nanos / 1e9, remark)
            .stripTrailing();
    LINES.add(line);
    System.out.println(line);
    try {
      Files.createDirectories(TABLE.getParent());
      Files.write(TABLE, LINES);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
