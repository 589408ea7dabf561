package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel's dm-verity under what runs. */
@Tag("vm")
final class VmVerityTest {
  @RegisterExtension final MachineRoom room = new MachineRoom();

  @Test
  void sixtyLayersOneThatTwoServicesShareAndABlockThatIsNotWhatItWas() throws IOException {
    VmFactory factory = VmFactory.shared();
    VmMachine machine = factory.golden().copy(room, "machine");
    try (VmGuest guest =
        new VmGuest(
            machine.kernel(room, "layers", VmFactory.FIRST).disk(factory.repositories()),
            "60 layers, shared ones, damaged ones",
            "kernel")) {
      guest.started();
      guest.shell(
          "mkdir -p /media && mount -o ro /dev/vdb /media && mosctl update "
              + VmFactory.URL
              + "layers");
      int before = devices(guest);

      guest.shell("mosctl activate -t many");
      devices(before + 60, guest);
      assertEquals(
          "60 this is layer 59",
          guest.shell("echo $(ls /mnt/atom/many | wc -l) $(cat /mnt/atom/many/file-59)"));
      guest.shell("mosctl umount /mnt/atom/many");
      devices(before, guest);

      guest.shell("mosctl activate -t left");
      devices(before + 2, guest);
      guest.shell("mosctl activate -t right");
      devices(before + 3, guest);
      guest.shell("mosctl umount /mnt/atom/left");
      devices(before + 2, guest);
      String noise = guest.shell("sha256sum </mnt/atom/right/noise");

      String layer =
          VmImages.layers(factory.file("images/right"), "1").getFirst().getFileName().toString();
      String file = "/atomfs-cache/mos/blobs/sha256/" + layer;
      guest.shell(VmRefusalTest.flip(file, 500_000));
      guest.shell("sync && echo 3 >/proc/sys/vm/drop_caches");
      String read = guest.shell("sha256sum </mnt/atom/right/noise 2>&1 | cat");
      assertTrue(read.contains("Input/output error"), read);
      String kernel = guest.shell("dmesg | grep 'verity.*corrupted' | tail -1");
      assertTrue(kernel.contains("data block " + 500_000 / 4096), kernel);
      String verify = guest.shell("mosctl verify 2>&1 | cat");
      System.out.println("  " + verify);
      assertTrue(
          verify.contains(layer.substring(0, 12)) && verify.contains("block " + 500_000 / 4096),
          verify);

      guest.shell(VmRefusalTest.flip(file, 500_000));
      guest.shell("sync && echo 3 >/proc/sys/vm/drop_caches");
      assertEquals(noise, guest.shell("sha256sum </mnt/atom/right/noise"));
      guest.shell("mosctl umount /mnt/atom/right");
      devices(before, guest);
      guest.powerOff();
    }
  }

  /** A device goes a moment after its last use. */
  private static void devices(int expected, VmGuest guest) {
    String found =
        guest.shell(
            "for i in $(seq 100); do n=$(dmsetup ls --target verity | wc -l); [ $n = "
                + expected
                + " ] && break; sleep 0.2; done; echo $n");
    assertEquals(String.valueOf(expected), found);
  }

  private static int devices(VmGuest guest) {
    return Integer.parseInt(guest.shell("dmsetup ls --target verity | wc -l"));
  }
}
