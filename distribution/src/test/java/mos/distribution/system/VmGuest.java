package mos.distribution.system;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.VirtualMachine;

/** A machine that runs, from the outside; what it says and what is typed at its console. */
final class VmGuest implements AutoCloseable {
  static final Duration BOOT = Duration.ofMinutes(4);

  /** What the initrd's program may use, in MiB, and where it says what it used. */
  private static final int MAX_MEMORY = 64;

  private static final Pattern USED = Pattern.compile("used ([0-9]+) MiB, ");
  private static final Duration COMMAND = Duration.ofMinutes(3);

  private final VirtualMachine machine;
  private final String name;
  private final String how;
  private boolean noted;

  VmGuest(VirtualMachine.Builder builder, String name, String how) {
    this.machine = builder.start();
    this.name = name;
    this.how = how;
  }

  /** Waits for the shell on the console. */
  VmGuest ready() {
    machine.await("^guest# ", BOOT);
    Matcher used = USED.matcher(machine.console());
    if (!used.find() || Integer.parseInt(used.group(1)) > MAX_MEMORY) {
      throw new AssertionError(
          name + ": the initrd's program may use " + MAX_MEMORY + " MiB: " + machine.log());
    }
    return this;
  }

  /** Waits for the shell and for the services. */
  VmGuest started() {
    ready();
    shell("systemctl start mos-boot.service");
    return this;
  }

  String shell(String command) {
    return machine.shell(command, COMMAND);
  }

  VirtualMachine machine() {
    return machine;
  }

  /** Fails unless every target runs as installed; gives the revision. */
  String healthy(String... targets) {
    List<String> lines = shell("mosctl status").lines().toList();
    for (String target : targets) {
      if (lines.stream().noneMatch(line -> line.startsWith(target + ": running, "))) {
        throw new AssertionError(target + " does not run: " + lines);
      }
    }
    if (lines.size() != targets.length + 1 || !lines.getLast().startsWith("revision ")) {
      throw new AssertionError("unexpected status: " + lines);
    }
    return lines.getLast().substring("revision ".length());
  }

  /** Switches it off from inside. */
  void powerOff() {
    machine.send("systemctl poweroff --force\n");
    ends(MachineEnd.POWERED_DOWN);
  }

  /** Fails unless it ends like that. */
  VmGuest ends(MachineEnd expected) {
    MachineEnd end = machine.end(BOOT);
    note();
    if (end != expected) {
      throw new AssertionError(name + " ended with " + end + ": " + machine.log());
    }
    return this;
  }

  /**
   * Fails unless the initrd refuses to go on, says why in one line with all these words, and
   * resets.
   */
  void refuses(String... words) {
    ends(MachineEnd.RESET);
    String console = machine.console();
    if (console.contains("guest# ") || console.contains("mos: switching root")) {
      throw new AssertionError(name + " was not refused: " + machine.log());
    }
    List<String> why = console.lines().filter(line -> line.contains("mosctl initrd: ")).toList();
    System.out.println("  " + why);
    if (why.size() != 1 || !List.of(words).stream().allMatch(why.getFirst()::contains)) {
      throw new AssertionError(
          name + ": not one line with " + List.of(words) + ": " + why + " " + machine.log());
    }
    if (!console.contains("; resetting")) {
      throw new AssertionError(name + " does not say that it resets: " + machine.log());
    }
  }

  /** Fails unless one line of the console has all these words. */
  void says(String... words) {
    if (machine
        .console()
        .lines()
        .noneMatch(line -> List.of(words).stream().allMatch(line::contains))) {
      throw new AssertionError(
          name + ": no line has all of " + List.of(words) + ": " + machine.log());
    }
  }

  private void note() {
    if (!noted) {
      noted = true;
      VmBoots.of(machine, name, how);
    }
  }

  /** Switches it off if it still runs. */
  @Override
  public void close() {
    note();
    machine.close();
  }
}
