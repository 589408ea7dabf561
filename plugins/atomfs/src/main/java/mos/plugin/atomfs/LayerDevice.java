package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import mos.linux.DeviceMapper;
import mos.linux.FileDescriptor;
import mos.linux.LinuxException;
import mos.linux.LoopDevice;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.RootHash;
import mos.spi.model.Digest;

/**
 * A block device that shows a layer and nothing that its root hash does not cover: dm-verity on a
 * loop device where the kernel has device-mapper, otherwise a loop device on a file that was
 * checked whole. Closing it lets the device go when its last mount goes.
 */
final class LayerDevice implements AutoCloseable {
  private static final int SECTORS_PER_BLOCK = VerityTree.BLOCK / 512;

  private final Path node;
  private final String type;
  private final AutoCloseable holder;

  private LayerDevice(Path node, String type, AutoCloseable holder) {
    this.node = node;
    this.type = type;
    this.holder = holder;
  }

  /**
   * Makes the device.
   *
   * @param file the layer's blob
   * @throws MosException REFUSED when the layer is not what the root hash says
   */
  static LayerDevice open(Path file, RootHash rootHash, Digest layer) {
    try (FileDescriptor blob = FileDescriptor.read(file);
        FileChannel channel = FileChannel.open(blob.path())) {
      Optional<DeviceMapper> mapper = DeviceMapper.open("verity");
      return mapper.isPresent()
          ? mapped(mapper.get(), blob, file, LayerVerity.read(channel, layer), rootHash, layer)
          : checked(blob, VerityCheck.verify(channel, rootHash, layer));
    } catch (IOException e) {
      throw MosException.io("cannot read layer " + layer, e);
    }
  }

  /** Shows the file system alone: nothing speaks for what is behind its hash tree's superblock. */
  private static LayerDevice checked(FileDescriptor blob, LayerVerity verity) {
    FileDescriptor loop = LoopDevice.of(blob, verity.tree().superblockOffset());
    return new LayerDevice(Path.of(loop.toString()), verity.filesystem().type(), loop);
  }

  private static LayerDevice mapped(
      DeviceMapper mapper,
      FileDescriptor blob,
      Path file,
      LayerVerity verity,
      RootHash rootHash,
      Digest layer) {
    try {
      return shared(mapper, blob, file, verity, rootHash, layer);
    } catch (MosException e) {
      mapper.close();
      throw e;
    }
  }

  /** The device is named by the layer, so that all mounts of a layer share one. */
  private static LayerDevice shared(
      DeviceMapper mapper,
      FileDescriptor blob,
      Path file,
      LayerVerity verity,
      RootHash rootHash,
      Digest layer) {
    String name = layer.hex() + "-verity";
    Optional<DeviceMapper.Device> existing = mapper.find(name);
    if (existing.isPresent()) {
      checkForeign(mapper, name, file, verity, rootHash, layer);
      return new LayerDevice(
          existing.get().node(), verity.filesystem().type(), new Mapped(mapper, name));
    }
    try (FileDescriptor loop = LoopDevice.of(blob, verity.tree().end())) {
      String table = table(loop.toString(), verity, rootHash);
      long sectors = verity.superblock().dataBlocks() * SECTORS_PER_BLOCK;
      DeviceMapper.Device device = mapper.create(name, sectors, "verity", table);
      if (!mapper.status(name).startsWith("V")) {
        mapper.removeWhenUnused(name);
        throw MosException.refused("layer " + layer + ": device-mapper does not call it verified");
      }
      return new LayerDevice(device.node(), verity.filesystem().type(), new Mapped(mapper, name));
    }
  }

  /** Every parameter is ours, none is the superblock's but the salt, which the root hash covers. */
  private static String table(String device, LayerVerity verity, RootHash rootHash) {
    String salt = HexFormat.of().formatHex(verity.superblock().salt().toArray());
    long dataBlocks = verity.superblock().dataBlocks();
    return "1 "
        + device
        + " "
        + device
        + " 4096 4096 "
        + dataBlocks
        + " "
        + (dataBlocks + 1)
        + " sha256 "
        + rootHash
        + " "
        + (salt.isEmpty() ? "-" : salt);
  }

  /**
   * A device of the right name may have been made by anybody: it must have our table, over our
   * file.
   */
  private static void checkForeign(
      DeviceMapper mapper,
      String name,
      Path file,
      LayerVerity verity,
      RootHash rootHash,
      Digest layer) {
    String[] actual = mapper.table(name).split(" ", -1);
    String[] wanted = table("-", verity, rootHash).split(" ", -1);
    boolean same = actual.length == wanted.length && actual[1].equals(actual[2]);
    for (int i = 0; same && i < wanted.length; i++) {
      same = i == 1 || i == 2 || actual[i].equals(wanted[i]);
    }
    if (!same || !mapper.status(name).startsWith("V") || !backs(actual[1], file)) {
      throw MosException.refused(
          "layer "
              + layer
              + ": there is a device "
              + name
              + " that does not verify it; remove it: dmsetup remove "
              + name);
    }
  }

  private static boolean backs(String device, Path file) {
    Path backing = Path.of("/sys/dev/block", device, "loop/backing_file");
    try {
      return Files.isSameFile(Path.of(Files.readString(backing).strip()), file);
    } catch (IOException e) {
      return false;
    }
  }

  /** The device's node. */
  Path node() {
    return node;
  }

  /** The file system on it. */
  String type() {
    return type;
  }

  @Override
  public void close() {
    try {
      holder.close();
    } catch (MosException e) {
      throw e;
    } catch (Exception e) {
      throw new MosException(ErrorCode.INTERNAL, "cannot let go of " + node, e);
    }
  }

  private record Mapped(DeviceMapper mapper, String name) implements AutoCloseable {
    @Override
    public void close() {
      try (mapper) {
        mapper.removeWhenUnused(name);
      } catch (LinuxException e) {
        // Gone already: another process that shared it was quicker.
        if (e.errno() != LinuxException.ENXIO) {
          throw e;
        }
      }
    }
  }
}
