package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import mos.linux.FileDescriptor;
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
    boolean writable = request.writable().isPresent();
    MountedImage wanted = new MountedImage(destination, image.digest(), writable);
    Optional<MountTable.Entry> present = MountTable.current().at(destination);
    if (present.isPresent()) {
      if (!Molecule.read(present.get()).equals(Optional.of(wanted))) {
        throw new MosException(
            ErrorCode.BUSY,
            destination
                + ": something else is mounted there; unmount it first: mosctl umount "
                + destination);
      }
      events.accept(new Event.Note(destination + ": this image is mounted there already"));
      return wanted;
    }
    try (UndoLog undo = new UndoLog()) {
      createDirectories(destination, undo);
      createDirectories(request.run(), undo);
      request.writable().ifPresent(scratch -> createScratch(scratch, undo));
      String source = Molecule.source(image.digest(), writable);
      OverlayAssembly assembly = new OverlayAssembly(source, request.run(), request.writable());
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
      return context.set("source", device.node().toString()).mount(true);
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
    List<MountTable.Entry> entries = MountTable.current().entries();
    for (MountTable.Entry entry : entries.reversed()) {
      if (!entry.point().startsWith(point)) {
        continue;
      }
      if (Molecule.read(entry).isEmpty()) {
        throw new MosException(
            ErrorCode.BUSY,
            entry.point()
                + ": is mounted there and not by mos; unmount it first: umount "
                + entry.point());
      }
      unmount(entry.point());
    }
  }

  private static void unmount(Path point) {
    try {
      Mount.unmount(point);
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.EBUSY) {
        throw new MosException(
            ErrorCode.BUSY,
            point + ": is in use; end what uses it (fuser -vm " + point + ") and unmount again",
            e);
      }
      throw e;
    }
  }

  @Override
  public void scan(VerifiedImage image, LayerFiles files, EventSink events) {
    for (Layer layer : topFirst(image)) {
      Digest digest = layer.descriptor().digest();
      try (java.nio.channels.FileChannel channel =
          java.nio.channels.FileChannel.open(files.file(digest))) {
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

  private static void createDirectories(Path path, UndoLog undo) {
    Path parent = path.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      createDirectories(parent, undo);
    }
    try {
      Files.createDirectory(path);
      undo.push("remove " + path, () -> Files.deleteIfExists(path));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw new MosException(ErrorCode.INVALID, path + ": is not a directory", e);
      }
    } catch (IOException e) {
      throw MosException.io("cannot create " + path, e);
    }
  }

  private static void createScratch(Path scratch, UndoLog undo) {
    createDirectories(scratch, undo);
    createDirectories(scratch.resolve("upper"), undo);
    createDirectories(scratch.resolve("work"), undo);
  }
}
