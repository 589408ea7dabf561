package mos.spi.boot;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The entries of a system partition (Boot Loader Specification 1, type 2: {@code
 * EFI/Linux/mos-<id>[+LEFT[-DONE]].efi}), and the loader. Every file is replaced as a whole: after
 * a power cut it is the old one or the new one. Entries and loaders of others are left alone. One
 * provider per program.
 */
public interface BootPartition {
  /**
   * A UKI of ours.
   *
   * @param id its bootkit
   * @param file below the partition
   * @param triesLeft how often it may still be tried; empty when it has booted well once
   */
  record Entry(String id, Path file, Optional<Integer> triesLeft) {}

  /** Our UKIs, by id. */
  List<Entry> entries(Path esp);

  /** Which of them is started; empty when none was selected. */
  Optional<String> selected(Path esp);

  /**
   * Puts a bootkit's UKI beside the others, with three tries, and its loader (also as the fallback
   * {@code EFI/BOOT/BOOTX64.EFI}); does nothing when both are there. Selects nothing.
   *
   * @throws mos.spi.MosException RESOURCE when there is no room: nothing has changed then
   */
  void add(Path esp, Bootkit bootkit);

  /** Has the loader start a UKI that was added. One file is replaced. */
  void select(Path esp, String id);

  /**
   * Has the loader start a UKI that was added at the next boot, and the selected one after that:
   * one that fails is not tried again by itself.
   *
   * @return false when this machine's firmware cannot be told; nothing has changed then
   */
  boolean startOnce(Path esp, String id);

  /** Notes that a UKI has booted well: it is tried without end. */
  void bless(Path esp, String id);

  /** Removes our UKIs but some. */
  void keepOnly(Path esp, Set<String> ids);
}
