package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import mos.linux.FileDescriptor;
import mos.linux.Flock;
import mos.linux.LinuxException;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Layer;
import mos.spi.image.RootHash;
import mos.spi.model.Digest;
import mos.spi.mount.LayerFiles;
import mos.spi.mount.MountRequest;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.verify.VerifiedImage;

/** Mounts images whose layers are squashfs or erofs file systems with dm-verity hash trees. */
public final class AtomfsMounter implements RootfsMounter {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** For the service loader. */
  public AtomfsMounter() {}

  @Override
  public boolean supports(String mediaType) {
    return Molecule.supports(mediaType);
  }

  @Override
  public MountedImage mount(
      VerifiedImage image, LayerFiles files, MountRequest request, EventSink events) {
    List<Layer> layers = topFirst(image);
    Path destination = canonical(request.destination());
    MountedImage wanted =
        new MountedImage(destination, image.digest(), request.writable().isPresent());
    createRun(request.run());
    try (Flock _ = lock(request.run());
        UndoLog undo = new UndoLog()) {
      if (isThere(wanted)) {
        events.accept(new Event.Note(destination + ": this image is mounted there already"));
        return wanted;
      }
      new MountPoint(destination, request.run()).create(undo);
      Optional<Scratch> scratch = request.writable().map(path -> Scratch.open(path, undo));
      scratch.ifPresent(kept -> kept.refuseSecondUse(MountTable.current()));
      String source = Molecule.source(image.digest(), scratch.isPresent());
      OverlayAssembly assembly = new OverlayAssembly(source, request.run(), scratch);
      List<FileDescriptor> mounts = new ArrayList<>();
      try {
        for (Layer layer : layers) {
          mounts.add(mountLayer(layer, files));
        }
        try (FileDescriptor overlay = assembly.join(mounts)) {
          Mount.attach(overlay, destination);
        }
      } finally {
        mounts.forEach(FileDescriptor::close);
      }
      undo.disarm();
    }
    return wanted;
  }

  private static boolean isThere(MountedImage wanted) {
    Optional<MountTable.Entry> present = MountTable.current().at(wanted.destination());
    if (present.isEmpty()) {
      return false;
    }
    if (Molecule.read(present.get()).equals(Optional.of(wanted))) {
      return true;
    }
    throw new MosException(
        ErrorCode.BUSY,
        wanted.destination()
            + ": something else is mounted there; unmount it first: mosctl umount "
            + wanted.destination());
  }

  private static void createRun(Path run) {
    try {
      Files.createDirectories(run);
    } catch (IOException e) {
      throw MosException.io("cannot create " + run, e);
    }
  }

  /** Two who mount at one place one after the other do it once; both at a time, twice. */
  private static Flock lock(Path run) {
    return Flock.lock(run, Flock.Mode.EXCLUSIVE, false, PATIENCE)
        .orElseThrow(
            () ->
                new MosException(
                    ErrorCode.BUSY,
                    run
                        + ": another process has been mounting for "
                        + PATIENCE.toSeconds()
                        + " s; try again when it is done"));
  }

  /**
   * A layer that stands several times counts where it is topmost: what lies below the same layer is
   * hidden by it.
   */
  private static List<Layer> topFirst(VerifiedImage image) {
    LinkedHashMap<Digest, Layer> layers = new LinkedHashMap<>();
    for (Layer layer : image.layers().reversed()) {
      if (!Molecule.isOurs(layer)) {
        throw MosException.invalid(
            "layer "
                + layer.descriptor().digest()
                + ": cannot mount layers of type "
                + layer.descriptor().mediaType());
      }
      rootHash(layer);
      layers.putIfAbsent(layer.descriptor().digest(), layer);
    }
    if (layers.isEmpty()) {
      throw MosException.invalid("image " + image.digest() + ": has no layers to mount");
    }
    return List.copyOf(layers.values());
  }

  private static RootHash rootHash(Layer layer) {
    return layer
        .rootHash()
        .orElseThrow(
            () ->
                MosException.refused(
                    "layer "
                        + layer.descriptor().digest()
                        + ": the image gives no verity root hash for it; build it with mosb image build"));
  }

  private static FileDescriptor mountLayer(Layer layer, LayerFiles files) {
    Digest digest = layer.descriptor().digest();
    try (LayerDevice device = LayerDevice.open(files.file(digest), rootHash(layer), digest);
        Mount.Context context = Mount.open(device.type())) {
      return mountDevice(device, context, digest);
    }
  }

  private static FileDescriptor mountDevice(
      LayerDevice device, Mount.Context context, Digest layer) {
    try {
      return context.set("source", device.node().toString()).mount(true);
    } catch (LinuxException e) {
      if (device.isDamaged()) {
        throw new MosException(
            ErrorCode.REFUSED,
            "layer "
                + layer
                + ": dm-verity found a block that is not what the root hash says; install the image"
                + " again",
            e);
      }
      throw e;
    }
  }

  @Override
  public Optional<MountedImage> mounted(Path destination, Path run) {
    return Molecule.at(MountTable.current(), canonical(destination));
  }

  @Override
  public List<MountedImage> mounted(Path run) {
    return MountTable.current().entries().stream()
        .map(Molecule::read)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void unmount(Path destination, Path run, EventSink events) {
    Path point = canonical(destination);
    if (Files.isDirectory(run)) {
      try (Flock _ = lock(run)) {
        MountTree.unmount(point);
        new MountPoint(point, run).remove();
      }
    } else {
      MountTree.unmount(point);
    }
  }

  @Override
  public void scan(VerifiedImage image, LayerFiles files, EventSink events) {
    for (Layer layer : topFirst(image)) {
      Digest digest = layer.descriptor().digest();
      try (FileChannel channel = FileChannel.open(files.file(digest))) {
        VerityCheck.verify(channel, rootHash(layer), digest);
      } catch (IOException e) {
        throw MosException.io("cannot read layer " + digest, e);
      }
      events.accept(new Event.Detail("layer " + digest + ": every block fits its root hash"));
    }
  }

  /**
   * The path as the mount table will have it: symbolic links above the destination are resolved.
   */
  private static Path canonical(Path destination) {
    Path path = destination.toAbsolutePath().normalize();
    try {
      return path.toRealPath();
    } catch (IOException e) {
      Path parent = path.getParent();
      Path name = path.getFileName();
      return parent == null || name == null ? path : canonical(parent).resolve(name);
    }
  }
}
