package mos.testkit.vm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One boot of a machine in QEMU, from power on to its end: a q35 board with one emulated processor,
 * a serial console, and what its {@link Builder} puts in. A reset ends it ({@code -no-reboot}).
 *
 * <pre>{@code
 * Swtpm.manufacture(tpm);
 * try (VirtualMachine machine =
 *     VirtualMachine.builder("first-boot", directory)
 *         .firmware(variables)
 *         .disk(medium.overlay(directory.resolve("disk.qcow2")))
 *         .tpm(tpm)
 *         .start()) {
 *   machine.await("mos: unlocked", Duration.ofSeconds(60));
 *   assertEquals(MachineEnd.POWERED_DOWN, machine.end(Duration.ofSeconds(60)));
 * }
 * }</pre>
 *
 * <p>What fails here fails as an {@link AssertionError} that names the console's log.
 */
public final class VirtualMachine implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int LAST_LINES = 15;

  private final String name;
  private final Path log;
  private final SocketDirectory sockets;
  private final Console console;
  private final Monitor monitor;
  private final @Nullable Swtpm tpm;
  private final ChildProcess qemu;
  private final Thread reader;
  private @Nullable MachineEnd end;
  private int commands;

  private VirtualMachine(
      Builder builder, SocketDirectory sockets, Monitor monitor, @Nullable Swtpm tpm) {
    this.name = builder.name;
    this.log = builder.directory.resolve(name + ".console");
    this.sockets = sockets;
    this.monitor = monitor;
    this.tpm = tpm;
    this.console = new Console(log);
    List<String> command = builder.command(sockets.socket("qmp"), tpm);
    console.note(String.join(" ", command));
    this.qemu = ChildProcess.start(command, builder.directory.resolve(name + ".qemu"));
    this.reader =
        Thread.ofPlatform()
            .daemon()
            .name("console of " + name)
            .start(() -> console.readFrom(qemu.output()));
  }

  private static VirtualMachine switchOn(Builder builder) {
    SocketDirectory sockets = new SocketDirectory();
    Monitor monitor = new Monitor(sockets.socket("qmp"));
    Swtpm tpm = null;
    try {
      tpm = builder.tpm == null ? null : Swtpm.forMachine(builder.tpm);
      return new VirtualMachine(builder, sockets, monitor, tpm);
    } catch (RuntimeException e) {
      if (tpm != null) {
        tpm.close();
      }
      monitor.close();
      sockets.close();
      throw e;
    }
  }

  /**
   * What a machine is to be made of.
   *
   * @param name its name, in messages and of its log files
   * @param directory where those are written
   */
  public static Builder builder(String name, Path directory) {
    return new Builder(name, directory, machine -> {});
  }

  /** The same, and somebody who is told of every machine that starts. */
  static Builder builder(String name, Path directory, Consumer<VirtualMachine> started) {
    return new Builder(name, directory, started);
  }

  /**
   * Waits until the console shows a text that was not awaited before.
   *
   * @param regex a regular expression, searched from behind the last sighting; {@code ^} and {@code
   *     $} match at lines
   * @throws AssertionError when it does not come in time, or the machine ends without it
   */
  public Sighting await(String regex, Duration timeout) {
    return console
        .await(Pattern.compile(regex, Pattern.MULTILINE), timeout)
        .orElseThrow(
            () -> {
              boolean over = console.ended() && qemu.ended(GRACE);
              String why = over ? "before it " + ending() : "within " + timeout.toSeconds() + " s";
              return failure("did not show /" + regex + "/ " + why);
            });
  }

  /** Types at the console; a line needs its {@code \n}. */
  public void send(String text) {
    try {
      OutputStream keyboard = qemu.input();
      keyboard.write(text.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
    } catch (IOException e) {
      throw failure("cannot be typed at: " + e.getMessage());
    }
  }

  /**
   * Has the shell on the console run a command, in one line, and waits for its end.
   *
   * @return what the command wrote
   * @throws AssertionError when it fails or does not end
   */
  public String shell(String command, Duration timeout) {
    commands++;
    String mark = "command-" + commands;
    // The terminal shows what is typed, too: there the marks have neither the line's end nor a
    // status.
    send("echo :" + mark + "; " + command + "; echo " + mark + ":$?\n");
    Sighting done = await("(?s):" + mark + "\n(.*?)" + mark + ":([0-9]+)\n", timeout);
    String output = done.group(1).strip();
    if (!done.group(2).equals("0")) {
      throw failure("ran '" + command + "' in vain: " + output);
    }
    return output;
  }

  /**
   * Waits for the machine's own end.
   *
   * @throws AssertionError when it still runs, or QEMU failed
   */
  public MachineEnd end(Duration timeout) {
    if (!qemu.ended(timeout)) {
      throw failure("still runs after " + timeout.toSeconds() + " s");
    }
    return ended();
  }

  /**
   * Presses the power button, for a guest that heeds it, and waits for the end.
   *
   * @throws AssertionError when it still runs
   */
  public MachineEnd powerDown(Duration timeout) {
    console.note("power button");
    monitor.powerButton();
    return end(timeout);
  }

  /** Takes its power away, now; an end that came before stays what it was. */
  public MachineEnd cutPower() {
    if (end == null && qemu.isAlive()) {
      console.note("power cut");
      end = MachineEnd.POWER_CUT;
      qemu.close();
    }
    return ended();
  }

  /** Takes its power away at a moment after its start, or reports the end that came before. */
  public MachineEnd cutPowerAt(Duration moment) {
    Duration left = moment.minus(console.time());
    return !left.isNegative() && qemu.ended(left) ? ended() : cutPower();
  }

  /**
   * Takes its power away a while after a text.
   *
   * @throws AssertionError when the text does not come
   */
  public MachineEnd cutPowerAfter(String regex, Duration delay, Duration timeout) {
    await(regex, timeout);
    return qemu.ended(delay) ? ended() : cutPower();
  }

  /** Since it was started. */
  public Duration time() {
    return console.time();
  }

  /** All that the console showed so far, without control sequences. */
  public String console() {
    return console.text();
  }

  /** The console's log, with times. */
  public Path log() {
    return log;
  }

  /** Takes its power away if it still runs; nothing of it is left but its files. */
  @Override
  public void close() {
    qemu.close();
    monitor.close();
    joinReader();
    if (tpm != null) {
      tpm.settle();
      tpm.close();
    }
    console.close();
    sockets.close();
  }

  private MachineEnd ended() {
    if (end == null) {
      joinReader();
      String reason = monitor.reason(GRACE).orElse("nothing");
      end =
          switch (reason) {
            case "guest-shutdown" -> MachineEnd.POWERED_DOWN;
            case "guest-reset" -> MachineEnd.RESET;
            default ->
                throw failure(
                    "lost QEMU, which ended with %d: %s"
                        .formatted(qemu.status(), qemu.complaints()));
          };
      console.note("end: " + end);
    }
    if (tpm != null) {
      tpm.settle();
    }
    return end;
  }

  private String ending() {
    return switch (ended()) {
      case POWERED_DOWN -> "powered down";
      case RESET -> "reset itself";
      case POWER_CUT -> "lost its power";
    };
  }

  private void joinReader() {
    try {
      reader.join(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private AssertionError failure(String what) {
    List<String> lines = console.text().lines().filter(line -> !line.isBlank()).toList();
    String last =
        lines.stream()
            .skip(Math.max(0, lines.size() - LAST_LINES))
            .map("  | "::concat)
            .collect(Collectors.joining("\n"));
    return new AssertionError(
        "machine '%s' %s; its console (log and disks: %s):\n%s"
            .formatted(name, what, log.getParent(), last));
  }

  /** What a machine is made of. */
  public static final class Builder {
    /** OVMF with secure boot and system management mode. */
    private static final Path FIRMWARE = Path.of("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd");

    /**
     * The least that there is boots a third faster under emulation than all there is ("max"); AES
     * and the like are faster than their replacements in software.
     */
    private static final String PROCESSOR =
        "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand";

    private final String name;
    private final Path directory;
    private final Consumer<VirtualMachine> started;
    private final List<Disk> disks = new ArrayList<>();
    private final List<String> more = new ArrayList<>();
    private int memory = 512;
    private int processors = 1;
    private @Nullable Path disc;
    private @Nullable Path variables;
    private @Nullable Path kernel;
    private @Nullable Path initrd;
    private String commandLine = "";
    private @Nullable Path tpm;

    private Builder(String name, Path directory, Consumer<VirtualMachine> started) {
      if (!name.matches("[A-Za-z0-9._-]+")) {
        throw new IllegalArgumentException("a machine's name is not '" + name + "'");
      }
      this.name = name;
      this.directory = directory.toAbsolutePath();
      this.started = started;
    }

    /** Memory in MiB; 512 unless said. */
    public Builder memory(int mebibytes) {
      memory = mebibytes;
      return this;
    }

    /**
     * How many processors it has; one unless said. Firmware has all of them meet at each of its
     * interrupts; and with two, a Java virtual machine once met an instruction that its own
     * compiler was just replacing (SIGILL), which this emulation does not hide as hardware does.
     */
    public Builder processors(int number) {
      processors = number;
      return this;
    }

    /**
     * Boots by UEFI firmware from the first disk that has something to boot.
     *
     * @param file the firmware's variables ({@link FirmwareVariables}), which it may change
     */
    public Builder firmware(Path file) {
      variables = file;
      return this;
    }

    /**
     * Boots a kernel directly: by QEMU's own firmware, or, beside {@link #firmware}, by UEFI.
     *
     * @param options the kernel's command line; the serial console and a reset after a panic are
     *     added
     */
    public Builder kernel(Path image, Path initialFiles, String options) {
      kernel = image;
      initrd = initialFiles;
      commandLine = ("console=ttyS0 panic=-1 " + options).strip();
      return this;
    }

    /** One more disk; the machine finds and tries them in this order. */
    public Builder disk(Disk disk) {
      disks.add(disk);
      return this;
    }

    /** An optical disc, from which firmware tries to boot before it tries the disks. */
    public Builder disc(Path image) {
      disc = image;
      return this;
    }

    /** A TPM on a state that {@link Swtpm#manufacture} made; it runs as long as the machine. */
    public Builder tpm(Path state) {
      tpm = state;
      return this;
    }

    /**
     * A network card. The machine reaches this one at 10.0.2.2 and asks 10.0.2.15 for itself;
     * nobody reaches the machine.
     */
    public Builder network() {
      return options("-netdev", "user,id=network", "-device", "virtio-net-pci,netdev=network");
    }

    /** More of QEMU's own options. */
    public Builder options(String... options) {
      more.addAll(List.of(options));
      return this;
    }

    /** Switches it on. */
    public VirtualMachine start() {
      VirtualMachine machine = switchOn(this);
      started.accept(machine);
      return machine;
    }

    private List<String> command(Path qmp, @Nullable Swtpm running) {
      List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-name", name));
      command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"));
      // Firmware with secure boot hangs without system management mode.
      // Six empty ports of its disk controller take a kernel a second.
      String board = disc == null ? "q35,smm=on,sata=off" : "q35,smm=on";
      command.addAll(List.of("-machine", board, "-accel", "tcg,thread=multi"));
      command.addAll(List.of("-cpu", PROCESSOR, "-m", String.valueOf(memory), "-smp"));
      command.add(String.valueOf(processors));
      command.addAll(List.of("-chardev", "stdio,id=console,signal=off", "-serial"));
      command.addAll(List.of("chardev:console", "-qmp", "unix:" + qmp));
      command.addAll(List.of("-device", "virtio-rng-pci"));
      if (variables != null) {
        command.addAll(List.of("-global", "driver=cfi.pflash01,property=secure,value=on"));
        command.addAll(List.of("-global", "ICH9-LPC.disable_s3=1", "-drive"));
        command.add("if=pflash,unit=0,format=raw,readonly=on,file=" + FIRMWARE);
        command.addAll(List.of("-drive", "if=pflash,unit=1,format=raw,file=" + variables));
      }
      for (int i = 0; i < disks.size(); i++) {
        command.addAll(diskOptions(disks.get(i), i));
      }
      if (disc != null) {
        String file = disc.toString().replace(",", ",,");
        command.add("-drive");
        command.add("if=none,id=disc,media=cdrom,format=raw,readonly=on,file=" + file);
        command.addAll(List.of("-device", "ide-cd,drive=disc,bootindex=0"));
      }
      if (running != null) {
        command.addAll(List.of("-chardev", "socket,id=tpm,path=" + running.socket()));
        command.addAll(List.of("-tpmdev", "emulator,id=tpm0,chardev=tpm"));
        command.addAll(List.of("-device", "tpm-crb,tpmdev=tpm0"));
      }
      if (kernel != null && initrd != null) {
        command.addAll(List.of("-kernel", kernel.toString(), "-initrd", initrd.toString()));
        command.addAll(List.of("-append", commandLine));
      }
      command.addAll(more);
      return command;
    }

    /**
     * A raw image is written through to the page cache without waiting, which survives a power cut
     * of the machine, though not of this one. An overlay is written back: what the machine did not
     * flush is lost with its power, as with a real disk.
     */
    private static List<String> diskOptions(Disk disk, int number) {
      String cache = disk.format() == Disk.Format.RAW ? "unsafe" : "writeback";
      String drive =
          "if=none,id=disk%d,format=%s,file=%s,cache=%s,discard=unmap,readonly=%s"
              .formatted(
                  number,
                  disk.format().name().toLowerCase(Locale.ROOT),
                  disk.image().toString().replace(",", ",,"),
                  cache,
                  disk.readOnly() ? "on" : "off");
      String device =
          "virtio-blk-pci,drive=disk%d,serial=%s,bootindex=%d"
              .formatted(number, disk.serial(), number + 1);
      return List.of("-drive", drive, "-device", device);
    }
  }
}
