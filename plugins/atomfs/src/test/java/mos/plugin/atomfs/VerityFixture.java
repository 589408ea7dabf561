package mos.plugin.atomfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Assumptions;

/** Files, layers and tools that the verity tests share. */
final class VerityFixture {
  static final Bytes NO_SALT = Bytes.copyOf(new byte[0]);

  private VerityFixture() {}

  /** A file of blocks that differ from each other, the same ones in every run. */
  static Path randomBlocks(Path file, long blocks) throws IOException {
    Random random = new Random(blocks);
    byte[] block = new byte[VerityTree.BLOCK];
    try (var out = Files.newOutputStream(file)) {
      for (long i = 0; i < blocks; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return file;
  }

  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Inverts one bit of a file. */
  static void flip(Path file, long position) throws IOException {
    try (FileChannel channel = open(file)) {
      byte[] one = new byte[1];
      Blocks.read(channel, position, one, 1);
      one[0] ^= 1;
      Blocks.write(channel, position, one);
    }
  }

  /** A squashfs layer with a file of random bytes in it, and its hash tree. */
  static Path squashfs(Path directory, int contentSize) throws IOException {
    Path image = plainSquashfs(directory, contentSize);
    try (FileChannel channel = open(image)) {
      VerityFormat.append(channel, "layer");
    }
    return image;
  }

  /** The same without a hash tree. */
  static Path plainSquashfs(Path directory, int contentSize) throws IOException {
    Path image = directory.resolve("layer.squashfs");
    run("mksquashfs", tree(directory, contentSize), image, "-no-progress", "-quiet", "-all-root");
    return image;
  }

  /** An erofs without a hash tree. */
  static Path plainErofs(Path directory, int contentSize) throws IOException {
    Path image = directory.resolve("layer.erofs");
    run("mkfs.erofs", "--quiet", "-T0", image, tree(directory, contentSize));
    return image;
  }

  private static Path tree(Path directory, int contentSize) throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    byte[] content = new byte[contentSize];
    new Random(contentSize).nextBytes(content);
    Files.write(tree.resolve("file"), content);
    return tree;
  }

  /**
   * Runs a program that has to succeed and returns what it printed; skips the test where it is
   * missing.
   */
  static String run(Object... command) throws IOException {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    Assumptions.assumeTrue(
        List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").stream()
            .anyMatch(place -> Files.isExecutable(Path.of(place, words.getFirst()))),
        () -> words.getFirst() + " is not installed");
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status;
    try {
      status = process.waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (status != 0) {
      throw new IOException(words + " ended with " + status + ": " + output);
    }
    return output;
  }
}
