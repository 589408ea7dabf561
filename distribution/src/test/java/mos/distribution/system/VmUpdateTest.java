package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From one system to the next, from a second disk, by the machine's own firmware and loader. */
@Tag("vm")
@Order(Integer.MAX_VALUE - 1)
final class VmUpdateTest {
  /** The command of an update; the manifest's tag is to follow. */
  static final String UPDATE =
      "mkdir -p /media && mount -o ro /dev/vdb /media && mosctl update " + VmFactory.URL;

  private static final String STARTED_NEXT =
      "ls /sys/firmware/efi/efivars | grep -c LoaderEntryOneShot | cat";

  private static final String COUNTED =
      "mkdir -p /run/look && mount -o ro /dev/vda1 /run/look && ls /run/look/EFI/Linux | wc -l;"
          + " umount /run/look";

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();

  @Test
  void hostfsAndBootkitAreUpdatedAndTheOldUkiStaysUntilItIsCollected() {
    VmMachine machine = factory.golden().copy(room, "machine");
    String before;
    try (VmGuest guest = started(machine, "update")) {
      before = guest.healthy("hostfs", "bootkit", "site");
      guest.shell(UPDATE + "1.1");
      List<String> status = guest.shell("mosctl status").lines().toList();
      assertTrue(status.get(0).startsWith("hostfs: outdated, "), status::toString);
      assertTrue(status.get(1).startsWith("bootkit: outdated, "), status::toString);
      assertEquals("hostfs 1", guest.shell("cat /etc/mos-version"));
      assertEquals("1", guest.shell(STARTED_NEXT));
      guest.machine().send("mosctl activate -t hostfs --reboot\n");
      guest.ends(MachineEnd.RESET);
    }
    VmSystemPartition esp = VmSystemPartition.of(machine, room);
    assertEquals(Map.of(VmFactory.FIRST, "", VmFactory.SECOND, "+3"), esp.bootkits());
    assertEquals(Optional.of(VmFactory.FIRST), esp.started(), "until the new one has booted well");

    try (VmGuest guest = started(machine, "updated")) {
      assertTrue(!before.equals(guest.healthy("hostfs", "bootkit", "site")), before);
      assertEquals("hostfs 2", guest.shell("cat /etc/mos-version"));
      assertEquals("1", guest.shell("grep -c mos.bootkit=e2e.2 /proc/cmdline"));
      assertEquals("0", guest.shell(STARTED_NEXT));
      assertEquals("2", guest.shell(COUNTED), "the old one is there");
      guest.shell(UPDATE + "1.1");
      guest.powerOff();
    }
    esp = VmSystemPartition.of(machine, room);
    assertEquals(Map.of(VmFactory.SECOND, ""), esp.bootkits(), "the next update collects it");
    assertEquals(Optional.of(VmFactory.SECOND), esp.started());
  }

  /** The second try follows from a good boot of the old one; before the third it is used up. */
  @Test
  void aBootkitThatNeverBootsIsTriedAndTheOldOneStays() {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    try (VmGuest guest = started(machine, "update")) {
      guest.shell(UPDATE + "never");
      guest.powerOff();
    }
    refuses(machine, "never", "+2-1");
    try (VmGuest guest = started(machine, "the-old-one")) {
      assertEquals("1", guest.shell("grep -c mos.bootkit=e2e.1 /proc/cmdline"));
      assertEquals("1", guest.shell(STARTED_NEXT), "it is tried again");
      guest.powerOff();
    }
    String name = "::/EFI/Linux/mos-" + VmFactory.NEVER;
    Path disk = machine.disk().image();
    Programs.run(List.of("mren", "-i", disk + "@@1M", name + "+2-1.efi", name + "+1-2.efi")).ok();
    refuses(machine, "never-again", "+0-3");
    try (VmGuest guest = started(machine, "still-the-old-one")) {
      assertEquals("1", guest.shell("grep -c mos.bootkit=e2e.1 /proc/cmdline"));
      assertEquals("0", guest.shell(STARTED_NEXT), "it is not tried again");
      guest.powerOff();
    }
  }

  private void refuses(VmMachine machine, String name, String counted) {
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, name), "a bootkit that never boots", "firmware")) {
      guest.refuses("PCR 7");
    }
    assertEquals(
        Map.of(VmFactory.FIRST, "", VmFactory.NEVER, counted),
        VmSystemPartition.of(machine, room).bootkits());
  }

  private VmGuest started(VmMachine machine, String name) {
    return new VmGuest(
            machine.firmware(room, name).disk(factory.repositories()),
            name.replace('-', ' '),
            "firmware")
        .started();
  }
}
