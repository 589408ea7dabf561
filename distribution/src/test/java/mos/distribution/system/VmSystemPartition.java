package mos.distribution.system;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.boot.Bootkit;
import mos.testkit.vm.MachineRoom;

/** The EFI system partition of a machine that is switched off, read as firmware reads it. */
final class VmSystemPartition {
  private static final Pattern DEFAULT = Pattern.compile("(?m)^default mos-([a-z0-9.]+)\\[");
  private static final Pattern UKI =
      Pattern.compile(
          "::/EFI/Linux/mos-([a-z0-9.]+?)(\\+[0-9-]+)?\\.efi", Pattern.CASE_INSENSITIVE);
  private static final String LOADER = "::/EFI/BOOT/BOOTX64.EFI";
  private static final String CONFIGURATION = "::/loader/loader.conf";

  /** Where it begins, and in it the mark that a boot sector has. */
  private static final long START = 1 << 20;

  private static final int MARK = 510;

  private final Path image;

  private VmSystemPartition(Path image) {
    this.image = image;
  }

  /** That of a machine, as it is now. */
  static VmSystemPartition of(VmMachine machine, MachineRoom room) {
    return new VmSystemPartition(machine.disk().raw(room.file("look.img")).image());
  }

  /** Its bootkits, and how their names count tries: {@code +LEFT-DONE}, or nothing. */
  Map<String, String> bootkits() {
    Map<String, String> found = new TreeMap<>();
    files().stream()
        .map(UKI::matcher)
        .filter(Matcher::matches)
        .forEach(name -> found.put(name.group(1), Optional.ofNullable(name.group(2)).orElse("")));
    return found;
  }

  /**
   * The bootkit that firmware starts; empty when it finds nothing to start.
   *
   * @throws AssertionError when that, or its loader, is not what was made
   */
  Optional<String> started() {
    List<String> all = files();
    if (!all.contains(LOADER)) {
      return Optional.empty();
    }
    Matcher selected =
        DEFAULT.matcher(all.contains(CONFIGURATION) ? mtools("mtype", CONFIGURATION) : "");
    Optional<String> id =
        selected.find() ? Optional.of(selected.group(1)) : bootkits().keySet().stream().findFirst();
    id.ifPresent(this::checkWhole);
    return id;
  }

  private void checkWhole(String id) {
    VmFactory factory = VmFactory.shared();
    same(LOADER, factory.bootkit().resolve(Bootkit.LOADER));
    same("::/EFI/Linux/mos-" + id + bootkits().get(id) + ".efi", factory.uki(id));
  }

  private void same(String file, Path made) {
    Path copy = image.resolveSibling("copy");
    Programs.run(List.of("mcopy", "-n", "-o", "-i", partition(), file, copy.toString())).ok();
    try {
      if (Files.mismatch(copy, made) >= 0) {
        throw new AssertionError(file + " is not what was made");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** All its files; none when there is no file system. */
  private List<String> files() {
    byte[] mark = new byte[2];
    try (RandomAccessFile disk = new RandomAccessFile(image.toFile(), "r")) {
      disk.seek(START + MARK);
      disk.readFully(mark);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    if (mark[0] != 0x55) {
      return List.of();
    }
    mtools("minfo", "::"); // fails for what is none
    Programs.Run found = run("mdir", "-b", "-/", "::");
    boolean empty = found.err().contains("\"::\" not found");
    return empty ? List.of() : found.ok().out().lines().toList();
  }

  private String mtools(String tool, String... arguments) {
    return run(tool, arguments).ok().out();
  }

  private Programs.Run run(String tool, String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool, "-i", partition()));
    command.addAll(List.of(arguments));
    return Programs.run(command);
  }

  private String partition() {
    return image + "@@1M";
  }
}
