package mos.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Links the images named on the command line and has their AOT caches trained. An image whose
 * inputs are those of the last run is left as it is.
 *
 * <p>Arguments: the directory of module jars, the directory of image definitions, the output
 * directory, then image names.
 */
public final class LinkImages {

  private LinkImages() {}

  /** Links the images. */
  public static void main(String... args) throws Exception {
    if (args.length < 4) {
      System.err.println("usage: LinkImages MODULES DEFINITIONS OUTPUT IMAGE...");
      System.exit(2);
    }
    Path definitions = Path.of(args[1]);
    Path output = Path.of(args[2]);
    List<Path> jars = files(Path.of(args[0]));
    List<String> names = List.of(args).subList(3, args.length);

    Path stamp = output.resolve("inputs.sha256");
    String inputs = digest(jars, files(definitions), files(ownClasses()));
    if (Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
      System.out.println("The images are up to date: " + output);
    } else {
      Files.deleteIfExists(stamp);
      link(jars, definitions, output, names);
      Files.writeString(stamp, inputs);
    }
    for (String name : names) {
      recordVersion(output.resolve(name).resolve("release"), version(jars));
    }
  }

  private static void link(List<Path> jars, Path definitions, Path output, List<String> names)
      throws IOException, InterruptedException {
    Path modules = Files.createDirectories(output.resolveSibling("image-modules"));
    for (Path old : files(modules)) {
      Files.delete(old);
    }
    Path jna = null;
    for (Path jar : jars) {
      Library library = Library.of(jar);
      library.writeTo(modules.resolve(library.module() + ".jar"));
      if (library.module().equals("com.sun.jna")) {
        jna = jar;
      }
    }
    if (jna == null) {
      throw new IllegalStateException("JNA is not among the modules: " + jars);
    }
    Files.createDirectories(output);
    ImageLinker linker = new ImageLinker(modules, jna);
    for (String name : names) {
      System.out.println("Linking image " + output.resolve(name));
      linker.link(ImageDefinition.read(definitions, name), output.resolve(name));
    }
    train(definitions.resolve("train"), output);
  }

  /**
   * Notes the version and the commit that were built, which {@code --version} prints; a tree
   * without git has no commit.
   */
  private static void recordVersion(Path release, String version)
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>(Files.readAllLines(release));
    lines.removeIf(line -> line.startsWith("MOS_"));
    lines.add("MOS_VERSION=\"" + version + "\"");
    Process git =
        new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String commit = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
    if (git.waitFor() == 0) {
      lines.add("MOS_COMMIT=\"" + commit + "\"");
    }
    Files.write(release, lines);
  }

  /** The version of mos.spi, and so of all modules. */
  private static String version(List<Path> jars) {
    return jars.stream()
        .map(Library::of)
        .filter(library -> library.module().equals("mos.spi"))
        .findFirst()
        .flatMap(library -> library.descriptor().rawVersion())
        .orElseThrow(() -> new IllegalStateException("mos.spi is not among the modules: " + jars));
  }

  private static void train(Path script, Path images) throws IOException, InterruptedException {
    Process train = new ProcessBuilder(script.toString(), images.toString()).inheritIO().start();
    if (train.waitFor() != 0) {
      throw new IllegalStateException(script + " " + images + " failed: see its messages above");
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The classes of this program: another linker makes other images. */
  private static Path ownClasses() throws URISyntaxException {
    Path root =
        Path.of(LinkImages.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return root.resolve(LinkImages.class.getPackageName().replace('.', '/'));
  }

  @SafeVarargs
  private static String digest(List<Path>... inputs) throws IOException, NoSuchAlgorithmException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(Runtime.version().toString().getBytes(UTF_8));
    for (List<Path> files : inputs) {
      for (Path file : files) {
        sha256.update(file.getFileName().toString().getBytes(UTF_8));
        sha256.update(Files.readAllBytes(file));
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
