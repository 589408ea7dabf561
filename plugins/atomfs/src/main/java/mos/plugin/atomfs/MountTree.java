package mos.plugin.atomfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.linux.LinuxException;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** A mount of ours and those on it. */
final class MountTree {
  private MountTree() {}

  /**
   * Unmounts what is at a place and on it; nothing where nothing is mounted at the place itself.
   *
   * @throws MosException BUSY when something of it is not ours, before anything is unmounted, or
   *     when it is in use; calling again later works
   */
  static void unmount(Path point) {
    for (MountTable table = MountTable.current(); ; table = MountTable.current()) {
      Optional<MountTable.Entry> top = table.at(point);
      if (top.isEmpty()) {
        return;
      }
      List<MountTable.Entry> all = new ArrayList<>();
      collect(table, top.get(), all);
      all.reversed().forEach(entry -> unmountOne(entry.point()));
    }
  }

  /** A mount and what is mounted on it, before the first of them is unmounted. */
  private static void collect(
      MountTable table, MountTable.Entry entry, List<MountTable.Entry> all) {
    if (Molecule.read(entry).isEmpty()) {
      throw new MosException(
          ErrorCode.BUSY,
          entry.point()
              + ": is mounted there and not by mos; unmount it first: umount "
              + entry.point());
    }
    all.add(entry);
    table.on(entry).forEach(child -> collect(table, child, all));
  }

  private static void unmountOne(Path point) {
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
}
