package mos.bootstrap.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.bootstrap.workflow.BootkitBuild;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;
import mos.spi.model.Digest;

/** {@code mosb bootkit build}. */
final class BootkitCommand extends Command {
  BootkitCommand() {
    super(
        "build",
        "Build a bootkit: a boot loader and a UKI with our initrd, both signed, as an image.");
    required("KEYSET", "Whose keys sign.", "--keyset");
    required(
        "DIR",
        "A root directory with a kernel, its modules, dracut, systemd-boot and ukify (docs/boot.md).",
        "--kernel");
    required("oci:DIR:TAG", "Where to.", "--output");
    value("N", "The UKI's version, 1 or more; default 1.", "--version");
    value(
        "N",
        "Machines that boot this UKI refuse UKIs below this version from then on; default 0.",
        "--minimum-version");
    values("HEX", "A further value of PCR 7 (SHA-256) that may open a machine's keys.", "--pcr7");
    values("ARGUMENT", "A further kernel argument.", "--append");
    value("ID", "Name of the bootkit; default the version and a digest of its inputs.", "--id");
    value("DIR", "The initrd image; default the one beside this image.", "--runtime");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Reference output = ImageBuildCommand.output(text("--output").orElseThrow());
    BootkitBuild.Built built =
        new BootkitBuild(
                plugins, plugins.keysets().open(KeysetCommands.directory()), transport(events))
            .run(
                new BootkitBuild.Request(
                    text("--keyset").orElseThrow(),
                    path("--kernel").orElseThrow(),
                    path("--runtime").orElseGet(BootkitCommand::runtime),
                    number("--version", 1),
                    number("--minimum-version", 0),
                    digests(this),
                    texts("--append"),
                    text("--id")),
                output);
    return result(built, output);
  }

  static Result result(BootkitBuild.Built built, Reference output) {
    return Result.of(
        "Bootkit",
        built.image().digest() + "\nbootkit " + built.id(),
        "id",
        built.id(),
        "digest",
        built.image().digest(),
        "size",
        built.image().size(),
        "reference",
        output,
        "pcr7",
        built.pcr7().stream().map(Digest::hex).toList());
  }

  /** The values of {@code --pcr7}. */
  static List<Digest> digests(Command command) {
    List<Digest> digests = new ArrayList<>();
    for (String hex : command.texts("--pcr7")) {
      try {
        digests.add(new Digest(hex));
      } catch (InvalidFieldException e) {
        throw new MosException(ErrorCode.USAGE, "--pcr7: " + e.getMessage(), e);
      }
    }
    return digests;
  }

  private int number(String option, int otherwise) {
    try {
      return text(option).map(Integer::parseInt).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new MosException(ErrorCode.USAGE, option + ": is not a number", e);
    }
  }

  private static Path runtime() {
    Path own = Path.of(System.getProperty("java.home"));
    Path beside = own.resolveSibling("initrd");
    if (!Files.isExecutable(beside.resolve("bin/mosctl"))) {
      throw new MosException(
          ErrorCode.NOT_FOUND,
          "--runtime: there is no initrd image at " + beside + "; name the directory of one");
    }
    return beside;
  }
}
