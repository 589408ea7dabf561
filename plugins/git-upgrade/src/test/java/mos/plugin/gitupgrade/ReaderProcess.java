package mos.plugin.gitupgrade;

import java.nio.file.Path;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.SystemState;

/** A program that reads what the boot path reads. */
final class ReaderProcess {
  private ReaderProcess() {}

  public static void main(String[] arguments) {
    try (SystemState state = new GitStateProvider().read(Path.of(arguments[0]))) {
      InstalledSystem system = state.current().orElseThrow();
      system.manifest().targets().forEach(entry -> system.document(entry.source()));
      System.out.println("read " + system.manifest().targets().size());
    }
  }
}
