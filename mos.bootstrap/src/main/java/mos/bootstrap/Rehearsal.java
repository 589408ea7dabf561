package mos.bootstrap;

import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import mos.bootstrap.workflow.BringupRehearsal;
import mos.bootstrap.workflow.PluginCatalog;
import mos.linux.DirectoryTree;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.Rehearsed;

/**
 * Runs several commands in one process, from which the image's AOT cache learns: a cache remembers
 * one process, and a user runs more than one command. Called by {@code distribution/images/train}.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Runs the commands of a file, one a line, words separated by blanks; the first word is the
   * program. Stops at the first that fails, with its status. A line {@code load MODULE…} loads
   * every class of modules whose work cannot be done here: what needs a TPM or a device-mapper. A
   * line {@code rehearse} has plugins do what they can of it.
   *
   * @throws IOException when the file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    HeadStart.begin();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] words = line.strip().split(" +", -1);
      if (words[0].equals("load")) {
        load(List.of(words).subList(1, words.length));
        continue;
      }
      if (words[0].equals("rehearse")) {
        rehearse();
        continue;
      }
      Program program = words[0].equals("mosb") ? Mosb.program() : Mosctl.program();
      int status = program.run(Arrays.copyOfRange(words, 1, words.length));
      if (status != 0) {
        System.err.println("status " + status + " from: " + line);
        System.exit(status);
      }
    }
  }

  private static void rehearse() throws IOException {
    try (PluginCatalog plugins = new PluginCatalog(ModuleLayer.boot())) {
      List<Rehearsed> all = new ArrayList<>(List.of(new BringupRehearsal(plugins)));
      ServiceLoader.load(ModuleLayer.boot(), Rehearsed.class).forEach(all::add);
      for (Rehearsed part : all) {
        Path directory = Files.createTempDirectory("mos-rehearsal");
        try {
          part.rehearse(directory);
        } catch (MosException e) {
          if (e.code() == ErrorCode.INTERNAL) {
            throw e;
          }
          System.err.println(
              "less practised: " + part.getClass().getName() + ": " + e.getMessage());
        } finally {
          DirectoryTree.remove(directory);
        }
      }
    }
  }

  private static void load(List<String> modules) throws IOException {
    for (String name : modules) {
      ModuleReference reference =
          ModuleLayer.boot().configuration().findModule(name).orElseThrow().reference();
      Module module = ModuleLayer.boot().findModule(name).orElseThrow();
      try (ModuleReader reader = reference.open();
          Stream<String> files = reader.list()) {
        files
            .filter(file -> file.endsWith(".class") && !file.endsWith("module-info.class"))
            .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
            .forEach(type -> Class.forName(module, type));
      }
    }
  }
}
