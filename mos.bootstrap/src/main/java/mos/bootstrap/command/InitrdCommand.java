package mos.bootstrap.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.bootstrap.workflow.Bringup;
import mos.bootstrap.workflow.KernelCommandLine;
import mos.bootstrap.workflow.PluginCatalog;
import mos.linux.Reboot;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.store.TransportOptions;

/** {@code mosctl initrd}. */
final class InitrdCommand extends Command {
  InitrdCommand() {
    super(
        "initrd",
        "In the initrd of a bootkit: do what the kernel's arguments ask for, and mount the root.");
    value("DIR", "Where the root file system is wanted; default /sysroot.", "--dest");
    value("FILE", "Manifest CA certificate; default /manifestCA.pem.", "--ca", "--capath");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Bringup.Outcome outcome =
        new Bringup(
                plugins,
                path("--ca").orElse(Path.of("/manifestCA.pem")),
                new TransportOptions(false, events))
            .run(KernelCommandLine.current(), path("--dest").orElse(Path.of("/sysroot")));
    if (outcome.root().isEmpty()) {
      System.err.println("mosctl initrd: " + outcome.detail() + "; switching off");
      Reboot.POWER_OFF.now();
    }
    peak().ifPresent(kib -> events.accept(new Event.Note("peak memory: " + (kib >> 10) + " MiB")));
    return Result.of("Boot", outcome.detail(), "detail", outcome.detail());
  }

  /** The most memory that this process had, in KiB (proc_pid_status(5), VmHWM). */
  private static Optional<Long> peak() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Optional.of(Long.parseLong(line.replaceAll("[^0-9]", "")));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
