package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.Optional;
import mos.bootstrap.workflow.MountTarget;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;
import mos.spi.mount.MountedImage;

/** {@code mosctl mount [URL]}. */
final class MountCommand extends HostCommand {
  MountCommand() {
    super("mount", "Mount a target of the installed system, or of a remote manifest.");
    value(
        "NAME",
        "The target; default the installed hostfs, of a remote manifest livecd.",
        "--target",
        "-t");
    value("DIR", "Where; default ROOT/mnt/mos/NAME.", "--dest");
    flag("Mount it read-only.", "--readonly", "--ro");
    url("0..1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    MountTarget workflow = new MountTarget(plugins, host(), events);
    Optional<String> target = text("--target");
    Optional<Path> destination = path("--dest");
    boolean readOnly = isSet("--readonly");
    Optional<String> url = optionalParameter(0);
    if (url.isPresent()) {
      Reference manifest = reference(url.get());
      return result(
          workflow.remote(
              manifest,
              target.orElse("livecd"),
              destination,
              readOnly,
              transport(events, manifest.repository())));
    }
    if (text("--user").isPresent()) {
      throw new MosException(
          ErrorCode.USAGE, "--user: is for registries, and there is no URL of one");
    }
    return result(workflow.installed(target, destination, readOnly));
  }

  static Result result(MountedImage mounted) {
    return Result.of(
        "Mount",
        mounted.destination()
            + ": image "
            + mounted.image()
            + (mounted.writable() ? ", writable" : ", read-only"),
        "destination",
        mounted.destination(),
        "image",
        mounted.image(),
        "writable",
        mounted.writable());
  }
}
