package mos.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.activate.ActivationContext;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.model.HostDirectories;
import mos.spi.model.IdRange;
import mos.spi.model.Storage;
import mos.spi.mount.MountedImage;
import mos.spi.verify.VerifiedImage;

/**
 * A host in a directory, for tests of activators. It keeps count of what is mounted, and fails when
 * it is told to. How an image is really mounted is decided by a subclass: {@link CopyingHost}
 * copies its files and needs no rights.
 */
public abstract class TestHost implements ActivationContext {
  private final HostDirectories directories;
  private final Map<Digest, Map<String, String>> contents = new HashMap<>();
  private final Map<Path, MountedImage> mounts = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final Set<Path> busy = new TreeSet<>();
  private int mountsToFail;
  private int mountCalls;

  /**
   * @param root the host's root, an empty directory
   */
  protected TestHost(Path root) {
    this.directories =
        new HostDirectories(
            root,
            root.resolve("config"),
            root.resolve("atomfs-cache"),
            root.resolve("scratch-writes"));
  }

  /** Puts an image into the host's store: its files by relative path. */
  public final void store(VerifiedImage image, Map<String, String> files) {
    contents.put(image.digest(), Map.copyOf(files));
  }

  /** The next mounts fail, as when a layer is damaged. */
  public final void failNextMounts(int count) {
    mountsToFail = count;
  }

  /** What is mounted there cannot be unmounted, as when a process uses it. */
  public final void holdBusy(Path destination) {
    busy.add(destination);
  }

  /** It can be again. */
  public final void release() {
    busy.clear();
  }

  /** Everything that is mounted through this host. */
  public final List<MountedImage> mounts() {
    return List.copyOf(mounts.values());
  }

  /** How often something was asked to be mounted. */
  public final int mountCalls() {
    return mountCalls;
  }

  /** What was reported. */
  public final List<Event> reported() {
    return List.copyOf(events);
  }

  /** Makes the files appear at the destination, which exists. */
  protected abstract void attach(Map<String, String> files, Path destination, boolean writable);

  /** Takes them away again; the directory stays. */
  protected abstract void detach(Path destination);

  @Override
  public final HostDirectories host() {
    return directories;
  }

  @Override
  public Optional<IdRange> ids() {
    return Optional.empty();
  }

  @Override
  public List<Storage> volumes() {
    return List.of();
  }

  @Override
  public final EventSink events() {
    return events::add;
  }

  @Override
  public final MountedImage mount(VerifiedImage image, Path destination, Optional<Path> writable) {
    mountCalls++;
    if (mountsToFail > 0) {
      mountsToFail--;
      throw MosException.refused("the test host was told to fail this mount");
    }
    MountedImage wanted = new MountedImage(destination, image.digest(), writable.isPresent());
    MountedImage present = mounts.get(destination);
    if (wanted.equals(present)) {
      return wanted;
    }
    if (present != null) {
      throw new MosException(ErrorCode.BUSY, destination + ": another image is mounted there");
    }
    Map<String, String> files = contents.get(image.digest());
    if (files == null) {
      throw MosException.notFound(image.digest() + ": not in the store of the test host");
    }
    create(destination);
    attach(files, destination, writable.isPresent());
    mounts.put(destination, wanted);
    return wanted;
  }

  @Override
  public final Optional<MountedImage> mounted(Path destination) {
    return Optional.ofNullable(mounts.get(destination));
  }

  @Override
  public final void unmount(Path destination) {
    if (!mounts.containsKey(destination)) {
      return;
    }
    if (busy.contains(destination)) {
      throw new MosException(ErrorCode.BUSY, destination + ": in use");
    }
    detach(destination);
    mounts.remove(destination);
  }

  private static void create(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw MosException.io("cannot create " + directory, e);
    }
  }
}
