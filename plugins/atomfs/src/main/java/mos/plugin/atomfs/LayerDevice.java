package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import mos.linux.DeviceMapper;
import mos.linux.FileDescriptor;
import mos.linux.Flock;
import mos.linux.LinuxException;
import mos.linux.LoopDevice;
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
  private final FileDescriptor holder;
  private final Optional<String> mapped;

  private LayerDevice(Path node, String type, FileDescriptor holder, Optional<String> mapped) {
    this.node = node;
    this.type = type;
    this.holder = holder;
    this.mapped = mapped;
  }

  /**
   * Makes the device.
   *
   * @param file the layer's blob
   * @throws MosException REFUSED when the layer is not what the root hash says
   */
  static LayerDevice open(Path file, RootHash rootHash, Digest layer) {
    Optional<DeviceMapper> present = DeviceMapper.open("verity");
    try (FileDescriptor blob = FileDescriptor.read(file);
        FileChannel channel = FileChannel.open(blob.path())) {
      if (present.isPresent()) {
        try (DeviceMapper mapper = present.get()) {
          return mapped(mapper, blob, LayerVerity.read(channel, layer), rootHash, layer);
        }
      }
      LayerVerity verity = VerityCheck.verify(channel, rootHash, layer);
      // The file system alone: nothing speaks for what is behind its hash tree's superblock.
      FileDescriptor loop = LoopDevice.of(blob, verity.tree().superblockOffset());
      return new LayerDevice(
          Path.of(loop.toString()), verity.filesystem().type(), loop, Optional.empty());
    } catch (IOException e) {
      throw MosException.io("cannot read layer " + layer, e);
    }
  }

  /** The device is named by the layer, so that all mounts of a layer share one. */
  private static LayerDevice mapped(
      DeviceMapper mapper,
      FileDescriptor blob,
      LayerVerity verity,
      RootHash rootHash,
      Digest layer) {
    String name = layer.hex() + "-verity";
    try (Flock _ = DeviceMapper.lock()) {
      Optional<DeviceMapper.Device> existing = mapper.find(name);
      if (existing.isPresent() && mapper.table(name).isEmpty()) {
        // Nobody else is at work: whoever made it was killed before it was active.
        mapper.remove(name);
        existing = Optional.empty();
      }
      if (existing.isEmpty()) {
        return hold(mapper, create(mapper, name, blob, verity, rootHash), verity);
      }
      check(mapper, name, verity, rootHash, layer);
      return hold(mapper, existing.get(), verity);
    }
  }

  private static DeviceMapper.Device create(
      DeviceMapper mapper,
      String name,
      FileDescriptor blob,
      LayerVerity verity,
      RootHash rootHash) {
    try (FileDescriptor loop = LoopDevice.of(blob, verity.tree().end())) {
      long sectors = verity.superblock().dataBlocks() * SECTORS_PER_BLOCK;
      return mapper.create(name, sectors, "verity", table(loop.toString(), verity, rootHash));
    }
  }

  /**
   * Once it is open, its node cannot come to mean another device, and it can be told to go with its
   * last user: from here on even a killed process leaves nothing.
   */
  private static LayerDevice hold(
      DeviceMapper mapper, DeviceMapper.Device device, LayerVerity verity) {
    FileDescriptor open;
    try {
      open = FileDescriptor.read(device.node());
    } catch (LinuxException e) {
      mapper.removeWhenUnused(device.name());
      throw e;
    }
    mapper.removeWhenUnused(device.name());
    return new LayerDevice(
        device.node(), verity.filesystem().type(), open, Optional.of(device.name()));
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
   * A device of the right name may have been made by anybody. With exactly our table it can show
   * nothing but this layer, whatever file is behind it: another store may hold the same layer.
   */
  private static void check(
      DeviceMapper mapper, String name, LayerVerity verity, RootHash rootHash, Digest layer) {
    String[] actual = mapper.table(name).strip().split(" ", -1);
    String[] wanted = table("-", verity, rootHash).split(" ", -1);
    boolean same = actual.length == wanted.length && actual[1].equals(actual[2]);
    for (int i = 0; same && i < wanted.length; i++) {
      same = i == 1 || i == 2 || actual[i].equals(wanted[i]);
    }
    if (!same || !mapper.status(name).startsWith("V")) {
      throw MosException.refused(
          "layer "
              + layer
              + ": there is a device "
              + name
              + " that does not verify it; unmount what uses it and remove it: dmsetup remove "
              + name);
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

  /**
   * Whether the kernel has met a block that the root hash does not cover. To whoever read it, it
   * was an I/O error like any other.
   */
  boolean isDamaged() {
    if (mapped.isEmpty()) {
      return false;
    }
    Optional<DeviceMapper> present = DeviceMapper.open("verity");
    if (present.isEmpty()) {
      return false;
    }
    try (DeviceMapper mapper = present.get()) {
      return mapper.status(mapped.get()).startsWith("C");
    }
  }

  @Override
  public void close() {
    holder.close();
  }
}
