package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From one system to the next, from a second disk, also when the power goes. */
@Tag("vm")
final class VmUpdateTest {
  private static final Pattern DEFAULT = Pattern.compile("(?m)^default mos-([a-z0-9.]+)\\[");
  private static final String UPDATE =
      "mkdir -p /media && mount -o ro /dev/vdb /media && mosctl update " + VmFactory.URL + "1.1";
  private static final int CUTS = Integer.getInteger("mos.vm.cuts", 3);
  private static final long SEED = 20261126;

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();

  @Test
  void hostfsAndBootkitAreUpdatedAndTheOldUkiStaysBesideTheNew() {
    VmMachine machine = factory.golden().copy(room, "machine");
    String before;
    try (VmGuest guest = updating(machine, "update")) {
      guest.started();
      before = guest.healthy("hostfs", "bootkit", "site");
      guest.shell(UPDATE);
      String status = guest.shell("mosctl status");
      assertFalse(status.contains("hostfs: running, "), status);
      assertEquals("hostfs 1", guest.shell("cat /etc/mos-version"));
      guest.machine().send("mosctl activate -t hostfs --reboot\n");
      guest.ends(MachineEnd.RESET);
    }
    assertEquals(List.of(VmFactory.FIRST, VmFactory.SECOND), ukis(machine));
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "updated"), "the updated system", "firmware")) {
      guest.started();
      assertTrue(!before.equals(guest.healthy("hostfs", "bootkit", "site")), before);
      assertEquals("hostfs 2", guest.shell("cat /etc/mos-version"));
      assertEquals("1", guest.shell("grep -c mos.bootkit=e2e.2 /proc/cmdline"));
      guest.powerOff();
    }
  }

  /**
   * The power goes at moments of an update that a seed gives. What boots then is what the system
   * partition has the firmware start. After a boot of the old system comes the next update at once.
   */
  @Test
  void whenThePowerGoesTheNextBootIsTheOldSystemOrTheNewAndWhole() {
    Random random = new Random(SEED);
    List<String> seen = new ArrayList<>();
    VmMachine machine = factory.golden().copy(room, "machine-0");
    int cuts = 0;
    for (int boot = 0; boot <= 2 * CUTS; boot++) {
      try (VmGuest guest = updating(machine, "cut-" + boot)) {
        guest.started();
        seen.add(state(guest));
        if (cuts == CUTS) {
          break;
        }
        if (seen.getLast().equals("hostfs 1")) {
          cuts++;
          guest.machine().send(UPDATE + "\n");
          Duration moment = Duration.ofMillis(random.nextInt(8000));
          guest.machine().cutPowerAfter("verify installed system: ", moment, VmGuest.BOOT);
        } else {
          machine = factory.golden().copy(room, "machine-" + (boot + 1));
        }
      }
    }
    assertEquals(CUTS, cuts);
    System.out.println("  after power cuts: " + seen);
  }

  /** What runs, which is the old system or the new in every line. */
  private static String state(VmGuest guest) {
    List<String> lines = guest.shell("mosctl status").lines().toList();
    String version = guest.shell("cat /etc/mos-version");
    String bootkit = guest.shell("sed 's/.*mos.bootkit=//' /proc/cmdline");
    String expected = version.equals("hostfs 1") ? VmFactory.FIRST : VmFactory.SECOND;
    boolean committed = !lines.getFirst().startsWith("hostfs: running, ");
    boolean whole =
        lines.size() == 4
            && bootkit.startsWith(expected)
            && lines.get(2).startsWith("site: running, ")
            && (committed
                ? lines.get(1).startsWith("bootkit: stopped, ") && version.equals("hostfs 1")
                : lines.get(0).startsWith("hostfs: running, ")
                    && lines.get(1).startsWith("bootkit: running, "));
    if (!whole) {
      throw new AssertionError("neither the old system nor the new: " + version + ", " + lines);
    }
    return version + (committed ? ", the next is there" : "");
  }

  private VmGuest updating(VmMachine machine, String name) {
    String id = started(machine);
    return new VmGuest(
        machine.kernel(room, name, id).disk(factory.repositories()),
        name + " (" + id + ")",
        "kernel");
  }

  /** The bootkit that the firmware would start. */
  private String started(VmMachine machine) {
    try {
      Path disk = esp(machine);
      Path config = room.file("loader.conf");
      Files.deleteIfExists(config);
      Programs.run(
              List.of(
                  "mcopy", "-n", "-i", disk + "@@1M", "::/loader/loader.conf", config.toString()))
          .ok();
      Matcher found = DEFAULT.matcher(Files.readString(config));
      if (!found.find()) {
        throw new AssertionError("no default in " + Files.readString(config));
      }
      return found.group(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The bootkits on the system partition. */
  private List<String> ukis(VmMachine machine) {
    String found =
        Programs.run(List.of("mdir", "-b", "-i", esp(machine) + "@@1M", "::/EFI/Linux")).ok().out();
    return found
        .lines()
        .map(line -> line.replaceAll(".*/mos-([a-z0-9.]+?)(\\+[0-9-]+)?\\.efi$", "$1"))
        .sorted()
        .toList();
  }

  /** The machine's disk as a file that mtools read. */
  private Path esp(VmMachine machine) {
    return machine.disk().raw(room.file("look.img")).image();
  }
}
