package mos.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Runs several commands in one process, from which the image's AOT cache learns: a cache remembers
 * one process, and a user runs more than one command. Called by {@code distribution/images/train}.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Runs the commands of a file, one a line, words separated by blanks; the first word is the
   * program. Stops at the first that fails, with its status.
   *
   * @throws IOException when the file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    HeadStart.begin();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] words = line.strip().split(" +", -1);
      Program program = words[0].equals("mosb") ? Mosb.program() : Mosctl.program();
      int status = program.run(Arrays.copyOfRange(words, 1, words.length));
      if (status != 0) {
        System.err.println("status " + status + " from: " + line);
        System.exit(status);
      }
    }
  }
}
