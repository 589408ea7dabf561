package mos.plugin.uki;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder.BootkitRequest;
import mos.spi.model.Bytes;

/**
 * Makes a bootkit with the programs of a root directory, which is not changed. What has to be
 * mounted for that is mounted in a namespace that ends with the program that does it.
 */
final class BootkitBuild {
  /** What is booted: the installed system. */
  private static final String ROOT = "root=soci:name=mosboot";

  /** The fixed moment of every file, 2026-01-01. */
  static final String EPOCH = "1767225600";

  private static final Duration LIMIT = Duration.ofHours(1);
  private static final String SCRIPT = "build-in-root";
  private static final List<String> MODULE =
      List.of("90mos/11-mos.rules", "90mos/init", "90mos/module-setup.sh");

  private BootkitBuild() {}

  /** See {@link mos.spi.boot.BootkitBuilder#build}. */
  static void build(BootkitRequest request, Path output) {
    new Bootkit(request.id(), Path.of(Bootkit.LOADER), Path.of(Bootkit.UKI)); // checks the id
    List<String> arguments = new ArrayList<>(List.of(ROOT));
    arguments.addAll(Bootkit.KERNEL_ARGUMENTS);
    arguments.add(Bootkit.ID_ARGUMENT + "=" + request.id());
    arguments.addAll(request.commandLine());
    String commandLine = CommandLine.of(arguments);
    KitRoot root = KitRoot.of(request.root().toAbsolutePath());
    Path runtime = request.runtime().toAbsolutePath();
    if (!Files.isExecutable(runtime.resolve("bin/mosctl"))
        || !Files.isExecutable(runtime.resolve("bin/java"))) {
      throw MosException.invalid(runtime + ": is not a linked image with bin/mosctl and bin/java");
    }
    SigningIdentity loaderSigner = SigningIdentity.read(request.loaderKey());
    SigningIdentity ukiSigner = SigningIdentity.read(request.ukiKey());
    try (Scratch scratch = Scratch.beside(output)) {
      Path made = scratch.directory("made");
      scratch.directory("made/work");
      make(root, runtime, inputs(request, commandLine, scratch), made);
      put(root.loader(), output.resolve(Bootkit.LOADER), loaderSigner);
      put(made.resolve("uki.efi"), output.resolve(Bootkit.UKI), ukiSigner);
      Path tools = output.resolve(Bootkit.TOOLS);
      Files.createDirectories(tools.resolveSibling("."));
      Files.copy(made.resolve("tools.cpio.zst"), tools);
    } catch (IOException e) {
      throw MosException.io("cannot make " + output, e);
    }
  }

  private static Path inputs(BootkitRequest request, String commandLine, Scratch scratch)
      throws IOException {
    Path inputs = scratch.directory("inputs");
    write(inputs.resolve("manifestCA.pem"), request.manifestAuthority());
    write(inputs.resolve("policies.json"), request.policies());
    write(inputs.resolve("cmdline"), Bytes.utf8(commandLine));
    Bytes release =
        Bytes.utf8(
            "ID=mos\nNAME=mos\nPRETTY_NAME=\"mos "
                + request.id()
                + "\"\nVERSION_ID="
                + request.id()
                + "\n");
    write(inputs.resolve("os-release"), release);
    write(inputs.resolve("initrd-release"), release);
    Files.createDirectory(inputs.resolve("90mos"));
    for (String name : MODULE) {
      Path file = inputs.resolve(name);
      write(file, resource(name));
      if (!name.endsWith(".rules")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
    return inputs;
  }

  private static void make(KitRoot root, Path runtime, Path inputs, Path made) {
    if (!isRoot()) {
      throw new MosException(
          ErrorCode.USAGE, "only root can make a bootkit: programs run in " + root.directory());
    }
    Command.of(
            "util-linux",
            "unshare",
            "--mount",
            "--net",
            "--ipc",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            "-s",
            root.directory(),
            runtime,
            inputs,
            made,
            root.kernel())
        .with("SOURCE_DATE_EPOCH", EPOCH)
        .input(resource(SCRIPT))
        .limit(LIMIT)
        .run();
  }

  private static void put(Path source, Path target, SigningIdentity signer) throws IOException {
    Files.createDirectories(target.resolveSibling("."));
    Files.copy(source, target);
    Authenticode.sign(target, signer);
  }

  private static void write(Path file, Bytes content) throws IOException {
    Files.write(file, content.toArray());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw MosException.io("cannot read /proc/self", e);
    }
  }

  private static Bytes resource(String name) {
    try (InputStream in = BootkitBuild.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the module lacks its file " + name);
      }
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw MosException.io("cannot read " + name, e);
    }
  }
}
