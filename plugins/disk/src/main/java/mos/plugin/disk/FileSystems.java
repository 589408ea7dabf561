package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import mos.linux.Command;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.linux.Storage;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.PartitionRole;

/** The file systems of a machine: FAT for firmware, ext4 for everything else. */
record FileSystems(BlockNodes nodes) {
  /** Not what {@code mke2fs.conf} says, which an initrd need not have. */
  private static final String FEATURES =
      "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,"
          + "large_file,huge_file,dir_nlink,extra_isize,metadata_csum";

  /** Makes one. */
  static void make(Path device, PartitionRole role) {
    switch (role) {
      case ESP -> Command.of("dosfstools", "mkfs.vfat", fat(device, role).toArray()).run();
      case CONFIG, STORE, SCRATCH ->
          Command.of("e2fsprogs", "mkfs.ext4", ext4(device, role).toArray()).run();
    }
  }

  private static List<Object> fat(Path device, PartitionRole role) {
    return List.of("-F", "32", "-n", role.label().toUpperCase(Locale.ROOT), device);
  }

  /** Blocks are of 4 KiB on a small one too: a LUKS volume can have sectors as large as that. */
  private static List<Object> ext4(Path device, PartitionRole role) {
    return List.of(
        "-F",
        "-q",
        "-O",
        FEATURES,
        "-b",
        "4096",
        "-I",
        "256",
        "-i",
        "16384",
        "-m",
        "1",
        "-E",
        "lazy_itable_init=1,nodiscard",
        "-e",
        "remount-ro",
        "-L",
        role.label(),
        device);
  }

  /** Mounts one; does nothing when it is there already. */
  void mount(Path device, PartitionRole role, Path directory, boolean readOnly) {
    Path place = create(directory);
    Optional<MountTable.Entry> there = MountTable.current().at(place);
    if (there.isPresent()) {
      if (there.get().device().equals(nodes.of(device).number())) {
        return;
      }
      throw new MosException(
          ErrorCode.BUSY, directory + ": " + there.get().source() + " is mounted there already");
    }
    try (Mount.Context context = Mount.open(type(role))) {
      context.set("source", device.toString()).set("errors", "remount-ro");
      if (role == PartitionRole.ESP) {
        context.set("umask", "0077");
      }
      try (FileDescriptor mount = context.mount(attributes(role, readOnly))) {
        Mount.attach(mount, place);
      }
    }
  }

  /** Mounts a medium's file system, of which nothing is believed. */
  static void mountMedium(Path device, Path directory) {
    String type = IsoVolume.name(device).isPresent() ? "iso9660" : "ext4";
    try (Mount.Context context = Mount.open(type)) {
      context.set("source", device.toString());
      try (FileDescriptor mount =
          context.mount(
              EnumSet.of(
                  Mount.Attribute.READ_ONLY,
                  Mount.Attribute.NO_SUID,
                  Mount.Attribute.NO_DEVICES,
                  Mount.Attribute.NO_PROGRAMS))) {
        Mount.attach(mount, create(directory));
      }
    }
  }

  private static String type(PartitionRole role) {
    return switch (role) {
      case ESP -> "vfat";
      case CONFIG, STORE, SCRATCH -> "ext4";
    };
  }

  /** Only on scratch are programs: those that containers write. */
  private static Set<Mount.Attribute> attributes(PartitionRole role, boolean readOnly) {
    Set<Mount.Attribute> attributes = EnumSet.noneOf(Mount.Attribute.class);
    if (role != PartitionRole.SCRATCH) {
      attributes.addAll(
          Set.of(Mount.Attribute.NO_SUID, Mount.Attribute.NO_DEVICES, Mount.Attribute.NO_PROGRAMS));
    }
    if (readOnly) {
      attributes.add(Mount.Attribute.READ_ONLY);
    }
    return attributes;
  }

  private static Path create(Path directory) {
    try {
      return Files.createDirectories(directory).toRealPath();
    } catch (IOException e) {
      throw MosException.io("cannot create " + directory, e);
    }
  }

  /** Flushes and unmounts what is mounted on a directory. */
  static void unmount(Path directory) {
    Path place;
    try {
      place = directory.toRealPath();
    } catch (java.nio.file.NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw MosException.io("cannot look at " + directory, e);
    }
    if (MountTable.current().at(place).isPresent()) {
      Storage.flushFileSystem(place);
      Mount.unmount(place);
    }
  }
}
