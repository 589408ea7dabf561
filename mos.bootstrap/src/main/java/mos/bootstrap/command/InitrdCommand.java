package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.Optional;
import mos.bootstrap.workflow.Bringup;
import mos.bootstrap.workflow.KernelCommandLine;
import mos.bootstrap.workflow.PluginCatalog;
import mos.linux.ProcessUsage;
import mos.linux.Reboot;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

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
        new Bringup(plugins, path("--ca").orElse(Path.of("/manifestCA.pem")), transport(events))
            .run(KernelCommandLine.current(), path("--dest").orElse(Path.of("/sysroot")));
    if (outcome.root().isEmpty()) {
      System.err.println("mosctl initrd: " + outcome.detail() + "; switching off");
      Reboot.POWER_OFF.now();
    }
    used().ifPresent(text -> events.accept(new Event.Note(text)));
    return result(outcome);
  }

  static Result result(Bringup.Outcome outcome) {
    return Result.of("Boot", outcome.detail(), "detail", outcome.detail());
  }

  /**
   * What this boot cost: the machine's log is the only place where that is to be had. A machine
   * boots without it, too.
   */
  private static Optional<String> used() {
    try {
      ProcessUsage usage = ProcessUsage.now();
      return Optional.of(
          "used "
              + (usage.peakMemory() >> 20)
              + " MiB, "
              + usage.own().toMillis()
              + " ms of the processor, its programs "
              + usage.programs().toMillis()
              + " ms");
    } catch (MosException e) {
      return Optional.empty();
    }
  }
}
