package mos.bootstrap.command;

import java.nio.file.Files;
import java.nio.file.Path;
import mos.bootstrap.workflow.Host;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Reference;
import mos.spi.model.HostDirectories;

/** A command of {@code mosctl}: it works on a host. */
abstract class HostCommand extends Command {
  private static final String AUTHORITY = "factory/secure/manifestCA.pem";
  private static final Path INITRD_AUTHORITY = Path.of("/manifestCA.pem");

  HostCommand(String name, String description) {
    super(name, description);
    value("DIR", "Root of the host's file system; default /.", "--root", "--rfs", "-r");
    value(
        "FILE",
        "Manifest CA certificate, the only one that counts; default ROOT/"
            + AUTHORITY
            + ", in the initrd /manifestCA.pem.",
        "--ca",
        "--capath");
    value("DIR", "Configuration; default ROOT/config.", "--config-dir");
    value(
        "DIR",
        "Image store; default ROOT/atomfs-cache, or ROOT/atomfs-store where only that exists.",
        "--store-dir");
    value("DIR", "What writable mounts write; default ROOT/scratch-writes.", "--scratch-dir");
  }

  final Host host() {
    Path root = path("--root").orElse(Path.of("/"));
    if (!Files.isDirectory(root)) {
      throw new MosException(ErrorCode.NOT_FOUND, "--root: there is no directory " + root);
    }
    HostDirectories directories =
        new HostDirectories(
            root,
            path("--config-dir").orElse(root.resolve("config")),
            path("--store-dir").orElseGet(() -> store(root)),
            path("--scratch-dir").orElse(root.resolve("scratch-writes")));
    return new Host(directories, path("--ca").orElseGet(() -> authority(root)));
  }

  private static Path store(Path root) {
    Path ours = root.resolve("atomfs-cache");
    Path original = root.resolve("atomfs-store");
    return Files.notExists(ours) && Files.isDirectory(original) ? original : ours;
  }

  /** The initrd holds the CA at its root, which no installed system does. */
  private static Path authority(Path root) {
    Path usual = root.resolve(AUTHORITY);
    return Files.notExists(usual) && Files.exists(INITRD_AUTHORITY) ? INITRD_AUTHORITY : usual;
  }

  /** Reads a URL. */
  static Reference reference(String text) {
    try {
      return Reference.parse(text);
    } catch (InvalidFieldException e) {
      throw new MosException(ErrorCode.USAGE, "URL: " + e.getMessage(), e);
    }
  }

  final void url(String arity) {
    parameter(
        "URL",
        "The install manifest: docker://HOST[:PORT]/NAME:TAG, HOST:PORT/NAME:TAG or oci:ROOT:NAME:TAG.",
        arity);
    registryOptions();
  }
}
