package mos.bootstrap.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.linux.DirectoryTree;
import mos.spi.event.EventSink;
import mos.spi.mount.LayerFiles;
import mos.spi.mount.MountRequest;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.verify.VerifiedImage;

/** Keeps count of what is mounted, and shows the same files in every mount. */
final class FakeMounter implements RootfsMounter {
  final List<MountedImage> mounted = new ArrayList<>();
  private final List<String> files;

  /**
   * @param files what a mount shows, by relative path
   */
  FakeMounter(String... files) {
    this.files = List.of(files);
  }

  @Override
  public boolean supports(String mediaType) {
    return true;
  }

  @Override
  public MountedImage mount(
      VerifiedImage image, LayerFiles layers, MountRequest request, EventSink events) {
    MountedImage made =
        new MountedImage(request.destination(), image.digest(), request.writable().isPresent());
    try {
      for (String file : files) {
        Path path = request.destination().resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    mounted.add(made);
    return made;
  }

  @Override
  public Optional<MountedImage> mounted(Path destination, Path run) {
    return mounted.stream().filter(image -> image.destination().equals(destination)).findFirst();
  }

  @Override
  public List<MountedImage> mounted(Path run) {
    return mounted;
  }

  @Override
  public void unmount(Path destination, Path run, EventSink events) {
    mounted.removeIf(image -> image.destination().equals(destination));
    try {
      DirectoryTree.remove(destination);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void scan(VerifiedImage image, LayerFiles layers, EventSink events) {}
}
