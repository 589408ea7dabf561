package mos.distribution.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From an empty machine to one that runs, by its own firmware, TPM and disk. */
@Tag("vm")
final class VmInstallTest {
  @RegisterExtension final MachineRoom room = new MachineRoom();

  /**
   * The SUDI key is known here; the LUKS key is made in the machine and known to nobody, so that
   * what can be searched for is the former. Both take the same way.
   */
  @Test
  void aMachineIsProvisionedInstalledAndBootsVerifiedAndKeepsItsSecrets() throws IOException {
    VmMachine machine = VmFactory.shared().golden().copy(room, "first");
    String pem = Files.readString(VmFactory.shared().sudi().resolve("privkey.pem"));
    List<String> base64 = pem.lines().filter(line -> !line.startsWith("-")).toList();
    String line = base64.get(base64.size() / 2);
    byte[] key = Base64.getDecoder().decode(String.join("", base64));
    byte[] middle = Arrays.copyOfRange(key, key.length / 2, key.length / 2 + 24);

    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "boot"), "first boot from the disk", "firmware")) {
      guest.started();
      guest.healthy("hostfs", "bootkit", "site");
      assertEquals("hello", guest.shell("cat /mnt/atom/site/www/index.html"));
      assertEquals("hostfs 1", guest.shell("cat /etc/mos-version"));
      assertTrue(
          guest.shell("findmnt -no FSTYPE,SOURCE /").startsWith("overlay mos:rw:"),
          "the root is an image");
      assertTrue(
          guest.shell("dmsetup table --target verity | wc -l").matches("[4-9]"),
          "every layer is under dm-verity");

      // The key is where it belongs, and nowhere else.
      assertEquals("1", guest.shell("grep -c " + line + " /factory/secure/server.key"));
      String search =
          "{ journalctl -o export; dmesg; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; "
              + "find /run /tmp /var /dev/shm -xdev -type f -exec cat {} +; } 2>/dev/null"
              + " >/dev/shm/all; grep -ac ";
      assertEquals(
          "0", guest.shell(search + line + " /dev/shm/all | cat; test -s /dev/shm/all").strip());
      String logon = guest.shell("cat /proc/keys | grep mos:luks");
      assertTrue(logon.contains("logon"), logon);

      // The right program with the right policies, at the wrong time.
      String late = guest.shell("mosctl initrd --dest /mnt 2>&1; echo status $?");
      assertTrue(late.contains("locked until the next reset") && late.endsWith("status 4"), late);
      guest.powerOff();
    }

    Path disk = machine.disk().raw(room.file("look.img")).image();
    assertFalse(contains(disk, line.getBytes(ISO_8859_1)), "the SUDI key is on the disk, as PEM");
    assertFalse(contains(disk, middle), "the SUDI key is on the disk");
    assertTrue(contains(disk, "mos.bootkit=e2e.1".getBytes(ISO_8859_1)), "the search finds things");
  }

  /** Whether a file has these bytes; holes are read quickly. */
  static boolean contains(Path file, byte[] wanted) throws IOException {
    String text = new String(wanted, ISO_8859_1);
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(8 << 20);
      for (long at = 0; at < channel.size(); at += buffer.capacity() - wanted.length) {
        buffer.clear();
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {}
        if (new String(buffer.array(), 0, buffer.position(), ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }
}
