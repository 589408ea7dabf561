package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A system that runs from an optical disc, beside one that is installed. */
@Tag("vm")
final class VmLiveTest {
  @RegisterExtension final MachineRoom room = new MachineRoom();

  @Test
  void theLiveSystemRunsAndTheMachinesDiskIsNotTouched() {
    VmFactory factory = VmFactory.shared();
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    String before = digest(machine.disk().image());
    try (VmGuest guest =
        new VmGuest(
            room.machine("live")
                .firmware(machine.variables())
                .tpm(machine.tpm())
                .disc(factory.file(VmFactory.LIVE))
                .disk(machine.disk()),
            "a live system from a disc",
            "firmware")) {
      guest.ready();
      assertEquals("hostfs 1", guest.shell("cat /etc/mos-version"));
      assertTrue(guest.shell("findmnt -no SOURCE /").startsWith("mos:rw:"), "root is an image");
      guest.shell("echo written >/root/in-memory && sync");
      String mounted = guest.shell("grep -c /dev/vda /proc/mounts | cat; ls /dev/mapper");
      assertTrue(mounted.startsWith("0") && !mounted.contains("machine-"), mounted);
      // The TPM's secrets are as closed as in an installed system.
      String unseal = guest.shell("mosctl initrd --dest /mnt 2>&1 | tail -1");
      assertTrue(unseal.startsWith("mosctl initrd: "), unseal);
      guest.powerOff();
    }
    assertEquals(before, digest(machine.disk().image()));
  }

  private static String digest(Path file) {
    return Programs.run(List.of("sha256sum", file.toString())).ok().out();
  }
}
