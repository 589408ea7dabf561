package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.Optional;
import mos.bootstrap.workflow.DiskInstallation;
import mos.bootstrap.workflow.Installation;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.disk.DiskSizes;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;

/** {@code mosctl install URL}. */
final class InstallCommand extends HostCommand {
  InstallCommand() {
    super("install", "Install a new system under the root; refused where one is installed.");
    value(
        "DEV",
        "Make this whole disk a machine: partitions, sealed volumes, boot loader; not with --root.",
        "--disk");
    MediaCommand.permissions(this);
    value("MIB", "Size of the EFI system partition; default by the disk's size.", "--esp-size");
    value("MIB", "Size of the configuration; default by the disk's size.", "--config-size");
    value("MIB", "Size for what is written; default by the disk's size.", "--scratch-size");
    url("1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Reference url = reference(parameter(0));
    Optional<Path> disk = path("--disk");
    if (disk.isPresent()) {
      return onto(disk.get(), url, plugins, events);
    }
    Installation.Installed installed =
        new Installation(plugins, host(), transport(events, url.repository())).run(url);
    return Result.of(
        "Installation",
        "installed " + String.join(", ", installed.plan().added()) + " from " + url,
        "revision",
        installed.revision(),
        "targets",
        installed.plan().added());
  }

  private Result onto(Path disk, Reference url, PluginCatalog plugins, EventSink events) {
    if (text("--root").isPresent()) {
      throw new MosException(ErrorCode.USAGE, "--disk and --root do not go together");
    }
    DiskInstallation installation =
        new DiskInstallation(plugins, host().authority(), transport(events, url.repository()));
    return result(
        disk, url, installation.unsealAndRun(url, disk, this::sizes, MediaCommand.allowed(this)));
  }

  static Result result(Path disk, Reference url, DiskInstallation.Installed installed) {
    return Result.of(
        "Installation",
        "installed " + String.join(", ", installed.targets()) + " from " + url + " on " + disk,
        "revision",
        installed.revision(),
        "targets",
        installed.targets(),
        "disk",
        disk);
  }

  private DiskSizes sizes(DiskSizes suitable) {
    try {
      return new DiskSizes(
          size("--esp-size", suitable.espMiB()),
          size("--config-size", suitable.configMiB()),
          size("--scratch-size", suitable.scratchMiB()));
    } catch (InvalidFieldException e) {
      throw new MosException(ErrorCode.USAGE, "size of a partition: " + e.getMessage(), e);
    }
  }

  private long size(String option, long otherwise) {
    try {
      return text(option).map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new MosException(ErrorCode.USAGE, option + ": is not a number of MiB", e);
    }
  }
}
