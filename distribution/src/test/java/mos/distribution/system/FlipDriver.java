package mos.distribution.system;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Runs inside the admin image: publishes a manifest with one byte changed, again and again, and
 * installs it each time. In one process, because thousands of starts would take minutes. Prints
 * what was not refused, then how many changes it tried.
 */
final class FlipDriver {
  private FlipDriver() {}

  /** Arguments: manifest, certificate and signature files, CA, root, directory for repositories. */
  public static void main(String[] arguments) throws Exception {
    byte[] manifest = Files.readAllBytes(Path.of(arguments[0]));
    byte[] certificate = Files.readAllBytes(Path.of(arguments[1]));
    byte[] signature = Files.readAllBytes(Path.of(arguments[2]));
    Path root = Path.of(arguments[4]);
    Path repositories = Path.of(arguments[5]);
    Install install = new Install(root, arguments[3], repositories);
    Map<String, String> before = Tree.of(root);
    int tried = 0;
    for (byte[] part : new byte[][] {manifest, certificate, signature}) {
      for (int at = 0; at < part.length; at++) {
        part[at] ^= 1;
        int status = install.run(manifest, certificate, signature);
        if (status != 3 && status != 4) {
          System.out.println("byte " + at + " of " + part.length + ": status " + status);
        }
        part[at] ^= 1;
        tried++;
      }
      if (!before.equals(Tree.of(root))) {
        System.out.println("the root changed: " + Tree.of(root));
      }
    }
    System.out.println("tried " + tried);
    System.out.println("unchanged: status " + install.run(manifest, certificate, signature));
  }

  /** Calls mosctl as its main method would, without ending the process. */
  private record Install(Path root, String authority, Path repositories) {
    int run(byte[] manifest, byte[] certificate, byte[] signature)
        throws IOException, ReflectiveOperationException {
      new InstallArtifact(repositories, "machine/flip")
          .publish("1", manifest, certificate, signature);
      Class<?> mosctl =
          Class.forName(
              ModuleLayer.boot().findModule("mos.bootstrap").orElseThrow(), "mos.bootstrap.Mosctl");
      Method program = mosctl.getDeclaredMethod("program");
      program.setAccessible(true);
      Object made = program.invoke(null);
      Method run =
          Arrays.stream(made.getClass().getDeclaredMethods())
              .filter(Install::isRun)
              .findFirst()
              .orElseThrow();
      run.setAccessible(true);
      String[] words = {
        "install",
        "--progress",
        "none",
        "--root",
        root.toString(),
        "--ca",
        authority,
        "oci:" + repositories + ":machine/flip:1"
      };
      return (int) run.invoke(made, (Object) words);
    }

    private static boolean isRun(Method method) {
      return method.getName().equals("run")
          && method.getParameterCount() == 1
          && method.getParameterTypes()[0] == String[].class;
    }
  }
}
