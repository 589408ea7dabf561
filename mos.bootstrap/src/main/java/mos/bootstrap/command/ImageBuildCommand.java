package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.bootstrap.workflow.ImageBuild;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.Reference;

/** {@code mosb image build}. */
final class ImageBuildCommand extends Command {
  ImageBuildCommand() {
    super("build", "Build an image whose layers are file systems with a verity hash tree.");
    required("oci:DIR:TAG", "Where to.", "--output");
    value("squashfs|erofs", "The layers' file system; default squashfs.", "--format");
    value("FILE", "OCI image configuration to use as it is.", "--config");
    parameter("LAYER", "Directories or tar files, bottom first.", "1..*");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Reference output = output(text("--output").orElseThrow());
    List<Path> layers = parameters(0).stream().map(layer -> path("LAYER", layer)).toList();
    Descriptor image =
        new ImageBuild(plugins, transport(events))
            .run(output, text("--format").orElse("squashfs"), path("--config"), Map.of(), layers);
    return Result.of(
        "Image",
        image.digest().toString(),
        "digest",
        image.digest(),
        "size",
        image.size(),
        "reference",
        output);
  }

  static Reference output(String text) {
    try {
      return Reference.parseSource(text);
    } catch (InvalidFieldException e) {
      throw new MosException(ErrorCode.USAGE, "--output: " + e.getMessage(), e);
    }
  }
}
