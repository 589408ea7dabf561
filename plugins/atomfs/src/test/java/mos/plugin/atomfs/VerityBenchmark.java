package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import mos.spi.image.RootHash;

/**
 * The program that {@code distribution/bench/verity.sh} measures: formats or verifies a file of a
 * given number of blocks, without salt.
 */
final class VerityBenchmark {
  private VerityBenchmark() {}

  /** {@code format FILE BLOCKS} or {@code verify FILE BLOCKS ROOTHASH}. */
  public static void main(String[] arguments) throws IOException {
    VerityTree tree = new VerityTree(Long.parseLong(arguments[2]));
    try (FileChannel channel = VerityFixture.open(Path.of(arguments[1]))) {
      if (arguments[0].equals("format")) {
        System.out.println(
            VerityFormat.write(channel, tree, VerityFixture.NO_SALT, Optional.empty()));
      } else {
        RootHash root = new RootHash(arguments[3]);
        VerityCheck.verify(channel, tree, VerityFixture.NO_SALT, root, arguments[1]);
      }
    }
  }
}
