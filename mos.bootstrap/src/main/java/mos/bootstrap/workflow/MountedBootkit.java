package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.Optional;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.mount.MountRequest;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageStore;
import mos.spi.verify.VerifiedImage;

/** A bootkit's image, mounted while its files are read: what dm-verity shows of it, no more. */
final class MountedBootkit implements AutoCloseable {
  private final RootfsMounter mounter;
  private final VerifiedImage image;
  private final Path place;
  private final Path run;
  private final EventSink events;

  private MountedBootkit(RootfsMounter mounter, VerifiedImage image, Path run, EventSink events) {
    this.mounter = mounter;
    this.image = image;
    this.place = run.resolve("bootkit");
    this.run = run;
    this.events = events;
  }

  /** Mounts it below the run directory of a host. */
  static MountedBootkit mount(
      PluginCatalog plugins, Host host, VerifiedImage image, ImageStore store, EventSink events) {
    MountedBootkit mounted =
        new MountedBootkit(plugins.mounter(image), image, host.directories().run(), events);
    MountRequest request = new MountRequest(mounted.place, mounted.run, Optional.empty());
    mounted.mounter.mount(image, store::file, request, events);
    return mounted;
  }

  /** Where its files are. */
  Path place() {
    return place;
  }

  /**
   * What it holds.
   *
   * @throws mos.spi.MosException INVALID when that is no bootkit
   */
  Bootkit bootkit() {
    return Bootkit.in(place, InstalledBootkit.id(image));
  }

  @Override
  public void close() {
    mounter.unmount(place, run, events);
  }
}
