package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import mos.bootstrap.workflow.MediaBuild;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder.MediumFormat;
import mos.spi.disk.Disks;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;
import mos.spi.store.TransportOptions;

/** {@code mosb media build URL}. */
final class MediaCommand extends Command {
  MediaCommand() {
    super("build", "Build a bootable medium that provisions, installs or runs a live system.");
    required("provision|install|live", "What it does.", "--mode");
    required("KEYSET", "Whose keys sign.", "--keyset");
    required("FILE", "The medium to write.", "--output");
    value("raw|iso", "Its form; default raw, a disk.", "--format");
    flag(
        "Carry the images on the medium; wanted to install and to run live: there is no network yet then.",
        "--offline");
    value("DIR", "To provision: the machine's identity, as mosb sudi add makes it.", "--sudi");
    value("DEV", "To install: the disk.", "--disk");
    permissions(this);
    flag("To provision: also a provisioned machine; what its disk holds is lost.", "--force");
    flag("To provision: also without secure boot; for tests, not for machines.", "--insecure");
    flag("Give firmware in setup mode the keyset's keys.", "--enroll");
    values(
        "HEX",
        "To provision: a further value of PCR 7 that may open the administration.",
        "--pcr7");
    values("ARGUMENT", "A further kernel argument.", "--append");
    parameter("URL", "The install manifest; its target bootkit gives kernel and initrd.", "1");
    registryOptions();
  }

  /** Adds the options that say what may happen to a disk. */
  static void permissions(Command command) {
    command.flag("The disk may be removable.", "--removable");
    command.flag("The disk may hold something else, which is lost.", "--overwrite");
    command.flag("The disk may hold a mos system, which is lost.", "--replace-system");
  }

  /** What may happen to the disk. */
  static Set<Disks.Permission> allowed(Command command) {
    Set<Disks.Permission> allowed = EnumSet.noneOf(Disks.Permission.class);
    for (Disks.Permission permission : Disks.Permission.values()) {
      if (command.isSet("--" + permission.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
        allowed.add(permission);
      }
    }
    return allowed;
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    MediaBuild.Mode mode = one(MediaBuild.Mode.values(), "--mode", text("--mode").orElseThrow());
    if (mode != MediaBuild.Mode.PROVISION && !isSet("--offline")) {
      throw new MosException(
          ErrorCode.USAGE,
          "--offline is missing: a medium's initrd sets up no network, so it must carry the images");
    }
    MediumFormat format = one(MediumFormat.values(), "--format", text("--format").orElse("raw"));
    Path output = path("--output").orElseThrow();
    Reference url = HostCommand.reference(parameter(0));
    TransportOptions options = transport(events, url.repository());
    new MediaBuild(plugins, plugins.keysets().open(KeysetCommands.directory()), options)
        .run(
            new MediaBuild.Request(
                mode,
                text("--keyset").orElseThrow(),
                url,
                path("--sudi"),
                path("--disk"),
                allowed(this),
                isSet("--force"),
                isSet("--insecure"),
                isSet("--enroll"),
                BootkitCommand.digests(this),
                texts("--append")),
            format,
            output);
    return result(output, mode);
  }

  static Result result(Path output, MediaBuild.Mode mode) {
    return Result.of("Medium", output.toString(), "file", output, "mode", lower(mode));
  }

  private static <E extends Enum<E>> E one(E[] values, String option, String text) {
    Optional<E> found = Optional.empty();
    for (E value : values) {
      if (lower(value).equals(text)) {
        found = Optional.of(value);
      }
    }
    return found.orElseThrow(
        () -> new MosException(ErrorCode.USAGE, option + ": unknown is '" + text + "'"));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
