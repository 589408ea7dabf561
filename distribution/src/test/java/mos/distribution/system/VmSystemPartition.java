package mos.distribution.system;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.testkit.vm.MachineRoom;

/** The EFI system partition of a machine that is switched off, read as firmware reads it. */
final class VmSystemPartition {
  private static final Pattern DEFAULT = Pattern.compile("(?m)^default mos-([a-z0-9.]+)\\[");
  private static final Pattern UKI =
      Pattern.compile(
          "::/EFI/Linux/mos-([a-z0-9.]+?)(\\+[0-9-]+)?\\.efi", Pattern.CASE_INSENSITIVE);

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
    mtools("mdir", "-b", "::/EFI/Linux")
        .lines()
        .map(UKI::matcher)
        .filter(Matcher::find)
        .forEach(name -> found.put(name.group(1), Optional.ofNullable(name.group(2)).orElse("")));
    return found;
  }

  /** The bootkit that firmware starts; empty when it finds nothing to start. */
  Optional<String> started() {
    if (mtools("mdir", "-b", "::/EFI/BOOT/BOOTX64.EFI").isEmpty()) {
      return Optional.empty();
    }
    Matcher selected = DEFAULT.matcher(mtools("mtype", "::/loader/loader.conf"));
    return selected.find()
        ? Optional.of(selected.group(1))
        : bootkits().keySet().stream().findFirst();
  }

  /** What a tool says, which is nothing where nothing is. */
  private String mtools(String tool, String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of(tool, "-i", image + "@@1M"));
    command.addAll(List.of(arguments));
    return Programs.run(command).out();
  }
}
