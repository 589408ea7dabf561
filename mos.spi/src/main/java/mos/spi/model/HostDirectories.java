package mos.spi.model;

import java.nio.file.Path;

/**
 * Where a host keeps its things, all absolute.
 *
 * @param root the root of the host's file system
 * @param config holds {@code manifest.git} and {@code manifest.lock}
 * @param store holds the images
 * @param scratch holds what writable mounts write
 */
public record HostDirectories(Path root, Path config, Path store, Path scratch) {
  /** What lives as long as the mounts do: records of mounts and activations, on a tmpfs. */
  public Path run() {
    return root.resolve("run/mos");
  }

  /** Where services show their files, each in a directory of its name. */
  public Path services() {
    return root.resolve("mnt/atom");
  }

  /** Where a writable mount of a service keeps its upper and work directories. */
  public Path scratchOf(String service) {
    return scratch.resolve("roots").resolve(service);
  }
}
