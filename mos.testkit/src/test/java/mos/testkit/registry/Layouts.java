package mos.testkit.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Small images, made by tar and skopeo. */
final class Layouts {
  private Layouts() {}

  /** An OCI layout with an image of some 100 KB that does not compress, as {@code DIR:one}. */
  static Path image(Path directory) throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    Files.write(tree.resolve("content"), content);
    Path tarball = directory.resolve("layer.tar");
    Tool.run(directory, "tar", "-C", tree.toString(), "-cf", tarball.toString(), ".");
    Path layout = directory.resolve("layout");
    skopeo(directory, "copy", "--format", "oci", "tarball:" + tarball, "oci:" + layout + ":one");
    return layout;
  }

  /** Without the machine's own settings. */
  static String skopeo(Path directory, String... arguments) throws IOException {
    Path policy =
        Files.writeString(
            directory.resolve("policy.json"),
            "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    String[] command = new String[arguments.length + 3];
    command[0] = "skopeo";
    command[1] = "--policy";
    command[2] = policy.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return Tool.run(directory, command);
  }
}
