package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.disk.Disks;
import mos.spi.image.Reference;

/**
 * What the kernel's arguments ask the initrd for. {@code root=soci:name=mosboot} is the installed
 * system, as the original has it; {@code root=soci:name=NAME[:TAG],repo=REPO} a manifest of a
 * registry, or with {@code repo=local} of the medium; {@code mos.mode} says what to do with it.
 */
sealed interface BootMode {
  /** The value of {@code name} that means the installed system. */
  String INSTALLED = "mosboot";

  /** The value of {@code repo} that means the medium. */
  String LOCAL = "local";

  /** The tag of a manifest that is named without one. */
  String DEFAULT_TAG = "latest";

  /** Where the medium is mounted. */
  Path MEDIUM = Path.of("/run/mos/medium");

  /** The directory of the medium that holds manifests and images. */
  String MEDIUM_IMAGES = "zot";

  /** Boots the installed system. */
  record Installed() implements BootMode {}

  /**
   * Mounts the {@code livecd} target of a manifest as root.
   *
   * @param url the manifest
   * @param local whether it is on the medium
   */
  record Live(Reference url, boolean local) implements BootMode {}

  /**
   * Installs onto a disk, then ends.
   *
   * @param url the manifest
   * @param local whether it is on the medium
   * @param disk the disk
   * @param allowed what may happen to it
   */
  record Install(Reference url, boolean local, Path disk, Set<Disks.Permission> allowed)
      implements BootMode {}

  /**
   * Provisions the machine from the medium, then ends.
   *
   * @param force whether a provisioned one may be provisioned again
   * @param insecure whether firmware without secure boot will do
   */
  record Provision(boolean force, boolean insecure) implements BootMode {}

  /**
   * Reads the kernel's arguments.
   *
   * @throws MosException INVALID when they make no sense
   */
  static BootMode of(KernelCommandLine arguments) {
    String mode = arguments.value("mos.mode").orElse("boot");
    Map<String, String> root = root(arguments);
    String name = root.getOrDefault("name", INSTALLED);
    Set<String> flags = new TreeSet<>(split(arguments.value("mos.flags").orElse("")));
    BootMode found =
        switch (mode) {
          case "boot" ->
              name.equals(INSTALLED)
                  ? new Installed()
                  : new Live(url(root), LOCAL.equals(root.getOrDefault("repo", LOCAL)));
          case "install" ->
              new Install(
                  url(root),
                  LOCAL.equals(root.getOrDefault("repo", LOCAL)),
                  disk(arguments),
                  permissions(flags));
          case "provision" -> new Provision(flags.remove("force"), flags.remove("insecure"));
          default ->
              throw MosException.invalid(
                  "kernel argument mos.mode: must be boot, install or provision, not '"
                      + mode
                      + "'");
        };
    if (!flags.isEmpty()) {
      throw MosException.invalid("kernel argument mos.flags: unknown here: " + flags);
    }
    return found;
  }

  private static Map<String, String> root(KernelCommandLine arguments) {
    String text = arguments.value("root").orElse("");
    if (!text.startsWith("soci:")) {
      throw MosException.invalid(
          "kernel argument root: must be soci:name=…, as in root=soci:name=mosboot, not '"
              + text
              + "'");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String part : split(text.substring("soci:".length()))) {
      int equals = part.indexOf('=');
      if (equals < 1
          || !Set.of("name", "repo", "dev", "path").contains(part.substring(0, equals))) {
        throw MosException.invalid(
            "kernel argument root: '" + part + "' is not name=, repo=, dev= or path=");
      }
      fields.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return fields;
  }

  private static Reference url(Map<String, String> root) {
    String name = root.getOrDefault("name", "");
    String repo = root.getOrDefault("repo", LOCAL);
    String tagged = name.contains(":") ? name : name + ":" + DEFAULT_TAG;
    String text =
        repo.equals(LOCAL)
            ? "oci:" + MEDIUM.resolve(MEDIUM_IMAGES) + ":" + tagged
            : "docker://" + repo + "/" + tagged;
    try {
      return Reference.parse(text);
    } catch (InvalidFieldException e) {
      throw MosException.invalid("kernel argument root: " + e.getMessage());
    }
  }

  private static Path disk(KernelCommandLine arguments) {
    String disk =
        arguments
            .value("mos.disk")
            .orElseThrow(
                () ->
                    MosException.invalid("kernel argument mos.disk: names the disk to install to"));
    if (!disk.startsWith("/dev/")) {
      throw MosException.invalid("kernel argument mos.disk: is /dev/…, not '" + disk + "'");
    }
    return Path.of(disk);
  }

  private static Set<Disks.Permission> permissions(Set<String> flags) {
    Set<Disks.Permission> allowed = new TreeSet<>();
    for (Disks.Permission permission : Disks.Permission.values()) {
      if (flags.remove(word(permission))) {
        allowed.add(permission);
      }
    }
    return allowed;
  }

  /** The word for a permission on command lines, such as {@code replace-system}. */
  static String word(Disks.Permission permission) {
    return permission.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1)).filter(part -> !part.isEmpty()).toList();
  }
}
