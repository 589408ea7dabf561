package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import mos.testkit.vm.Disk;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The power goes at moments that a seed gives: during an install, the first boots, updates. What
 * boots then is what the system partition has the firmware start, and it is the old system or the
 * new one, whole. {@code -Dmos.vm.seed=N} tries other moments, {@code -Dmos.vm.cuts=N} more of
 * them. The first to start, because the longest of all are among them.
 */
@Tag("vm")
@Order(1)
final class VmPowerCutTest {
  private static final long SEED = Long.getLong("mos.vm.seed", 20261126);

  /** As many as there are parts, unless said. */
  private static final int CUTS = Integer.getInteger("mos.vm.cuts", 0);

  /** What the install says at its end of a step, and at most how long the next step takes. */
  private static final List<Moment> INSTALL =
      List.of(
          new Moment("mos: start", 9000),
          new Moment("partition /dev/vdb: ", 8000),
          new Moment("import images: ", 2500));

  /** From power on to a system whose services run. */
  private static final List<Moment> BOOT =
      List.of(
          new Moment("mos: start", 2500),
          new Moment("unseal keys: ", 4000),
          new Moment("mos: switching root", 6000),
          new Moment("guest# ", 8000));

  private static final List<Moment> UPDATE =
      List.of(
          new Moment("verify installed system: ", 4000),
          new Moment("flush store: ", 6000),
          new Moment("commit system: ", 1500));

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();
  private final Random random = new Random(SEED);

  /**
   * A part of what is cut.
   *
   * @param after the text on the console where it begins
   * @param length of the part, in milliseconds
   */
  private record Moment(String after, int length) {}

  private static int cuts(List<Moment> parts) {
    return CUTS == 0 ? parts.size() : CUTS;
  }

  /** One that a seed chooses, so that a few cuts hit all parts. */
  private Moment moment(List<Moment> parts, int cut) {
    Moment part = parts.get(cut % parts.size());
    Moment chosen = new Moment(part.after(), random.nextInt(part.length()));
    System.out.println("  cut " + chosen.length() + " ms after '" + chosen.after() + "'");
    return chosen;
  }

  private static void cut(VmGuest guest, Moment moment) {
    MachineEnd end =
        guest
            .machine()
            .cutPowerAfter(moment.after(), Duration.ofMillis(moment.length()), VmGuest.BOOT);
    assertEquals(MachineEnd.POWER_CUT, end, () -> "it ended before: " + guest.machine().log());
    assertFalse(guest.machine().console().contains("mos: refused"), "it was refused before");
  }

  /** The old system of an empty disk is none: nothing starts from it, and it can be installed. */
  @Test
  void anInstallThatWasCutLeavesNothingOrASystemAndCanBeRepeated() throws IOException {
    VmMachine golden = factory.golden().copy(room, "machine");
    VmMachine machine =
        new VmMachine(
            golden.place(),
            Disk.empty(room.file("empty.img"), VmFactory.DISK_SIZE, "system")
                .overlay(room.file("disk.qcow2")));
    List<Optional<String>> left = new ArrayList<>();
    for (int cut = 0; cut < cuts(INSTALL); cut++) {
      try (VmGuest guest = installing(machine, "install-" + cut)) {
        cut(guest, moment(INSTALL, cut));
      }
      left.add(VmSystemPartition.of(machine, room).started());
      if (left.getLast().isPresent()) {
        runsWhole(machine, "installed-" + cut);
      }
    }
    System.out.println("  after power cuts: " + left);
    try (VmGuest guest = installing(machine, "install-again")) {
      guest.ends(MachineEnd.POWERED_DOWN);
    }
    runsWhole(machine, "installed");
  }

  private VmGuest installing(VmMachine machine, String name) throws IOException {
    Disk medium = Disk.of(factory.file(VmFactory.INSTALL), "medium").readOnlyDisk();
    return new VmGuest(
        VmMachine.kernel(
                room,
                name,
                factory.mediumUki(VmFactory.INSTALL),
                "root=soci:name=machine/acme:1.0,repo=local mos.mode=install mos.disk="
                    + VmFactory.DISK
                    + " mos.flags=replace-system,overwrite mos.bootkit="
                    + VmFactory.FIRST)
            .tpm(machine.tpm())
            .disk(medium)
            .disk(machine.disk()),
        name,
        "kernel");
  }

  /** Each boot is cut, and the next one begins with what it left. */
  @Test
  void firstBootsThatWereCutLeaveASystemThatBoots() {
    VmMachine machine = factory.golden().copy(room, "machine");
    for (int cut = 0; cut < cuts(BOOT); cut++) {
      try (VmGuest guest = booting(machine, "boot-" + cut)) {
        cut(guest, moment(BOOT, cut));
      }
    }
    runsWhole(machine, "uncut");
    assertEquals(
        Map.of(VmFactory.FIRST, ""), VmSystemPartition.of(machine, room).bootkits(), "blessed");
  }

  private void runsWhole(VmMachine machine, String name) {
    try (VmGuest guest = booting(machine, name)) {
      guest.started();
      guest.healthy("hostfs", "bootkit", "site");
      guest.powerOff();
    }
  }

  /** After a boot of the old system comes the next update at once. */
  @Test
  void anUpdateThatWasCutLeavesTheOldSystemOrTheNew() {
    List<String> seen = new ArrayList<>();
    VmMachine machine = factory.golden().copy(room, "machine-0");
    int cuts = 0;
    for (int boot = 0; boot <= 2 * cuts(UPDATE); boot++) {
      try (VmGuest guest = booting(machine, "update-" + boot)) {
        guest.started();
        seen.add(state(guest));
        if (cuts == cuts(UPDATE)) {
          break;
        }
        if (seen.getLast().equals("hostfs 1")) {
          guest.machine().send(VmUpdateTest.UPDATE + "1.1\n");
          cut(guest, moment(UPDATE, cuts));
          cuts++;
        } else {
          machine = factory.golden().copy(room, "machine-" + (boot + 1));
        }
      }
    }
    assertEquals(cuts(UPDATE), cuts);
    System.out.println("  after power cuts: " + seen);
  }

  /** What runs, which is the old system or the new in every line. */
  private static String state(VmGuest guest) {
    List<String> lines = guest.shell("mosctl status").lines().toList();
    String version = guest.shell("cat /etc/mos-version");
    String bootkit = guest.shell("sed 's/.*mos.bootkit=//' /proc/cmdline");
    boolean committed = lines.getFirst().startsWith("hostfs: outdated, ");
    String expected = committed ? "outdated, " : "running, ";
    boolean whole =
        lines.size() == 4
            && bootkit.startsWith(version.equals("hostfs 1") ? VmFactory.FIRST : VmFactory.SECOND)
            && lines.get(0).startsWith("hostfs: " + expected)
            && lines.get(1).startsWith("bootkit: " + expected)
            && lines.get(2).startsWith("site: running, ")
            && (!committed || version.equals("hostfs 1"));
    if (!whole) {
      throw new AssertionError("neither the old system nor the new: " + version + ", " + lines);
    }
    return version + (committed ? ", the next is there" : "");
  }

  private VmGuest booting(VmMachine machine, String name) {
    String id = VmSystemPartition.of(machine, room).started().orElseThrow();
    return new VmGuest(
        machine.kernel(room, name, id).disk(factory.repositories()),
        name + " (" + id + ")",
        "kernel");
  }
}
