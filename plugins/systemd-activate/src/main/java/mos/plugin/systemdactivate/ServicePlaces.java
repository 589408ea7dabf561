package mos.plugin.systemdactivate;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import mos.linux.MountTable;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.model.HostDirectories;

/**
 * Where a file-system service is on a host.
 *
 * @param host the host's directories
 * @param service the service's name, which {@link mos.spi.model.Names} has checked
 */
record ServicePlaces(HostDirectories host, String service) {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /** Where the service's files are for others to see. */
  Path visible() {
    return host.services().resolve(service);
  }

  /** Where an image of the service is mounted: each has a place of its own, beside the others. */
  Path image(Digest digest) {
    return images().resolve(digest.hex());
  }

  private Path images() {
    return host.run().resolve("services").resolve(service);
  }

  /** The places of every image that is, or was, mounted. */
  List<Path> used() {
    if (!Files.isDirectory(images())) {
      return List.of();
    }
    List<Path> used = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(images())) {
      for (Path entry : entries) {
        if (DIGEST.matcher(entry.getFileName().toString()).matches()) {
          used.add(entry);
        }
      }
    } catch (IOException e) {
      throw MosException.io("cannot list " + images(), e);
    }
    return List.copyOf(used);
  }

  /** Makes the directory that the service's files are shown at. */
  void createVisible() {
    try {
      Files.createDirectories(visible());
    } catch (IOException e) {
      throw MosException.io("cannot create " + visible(), e);
    }
  }

  /** What is mounted at a place of the service. */
  static Optional<MountTable.Entry> mount(MountTable table, Path place) {
    if (!Files.exists(place)) {
      return Optional.empty();
    }
    try {
      // The table has real paths: a link on the way is followed first.
      return table.at(place.toRealPath());
    } catch (IOException e) {
      throw MosException.io("cannot resolve " + place, e);
    }
  }

  /** Removes the service's empty directories that nothing is mounted at. */
  void removeEmpty() {
    MountTable table = MountTable.current();
    used().forEach(place -> removeEmpty(table, place));
    removeEmpty(table, images());
    removeEmpty(table, visible());
  }

  private static void removeEmpty(MountTable table, Path directory) {
    try {
      // The place may be part of a root file system that cannot be written: then it stays.
      boolean canGo = Files.isWritable(directory.resolveSibling(""));
      if (canGo && mount(table, directory).isEmpty()) {
        Files.deleteIfExists(directory);
      }
    } catch (DirectoryNotEmptyException e) {
      // Somebody else's files, or places of images that are still mounted.
      return;
    } catch (IOException e) {
      throw MosException.io("cannot remove " + directory, e);
    }
  }
}
