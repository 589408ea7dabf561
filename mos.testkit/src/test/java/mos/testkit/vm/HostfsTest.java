package mos.testkit.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The root file system that tests build upon starts, and does what a test puts into it. */
@Tag("vm")
class HostfsTest {
  private static final Duration BOOT = Duration.ofMinutes(2);

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final GuestMaterial material = GuestMaterial.prepared();

  @Test
  void itsSystemdReachesItsTargetAndRunsTheReport() {
    Disk disk = Disk.of(room.file("hostfs.squashfs"), "hostfs");
    Program.run(
        "sh",
        "-c",
        "mksquashfs - \"$1\" -tar -quiet -no-progress -comp zstd -Xcompression-level 3 <\"$2\"",
        "sh",
        disk.image().toString(),
        material.hostfs().toString());
    VirtualMachine machine =
        room.machine("hostfs")
            .kernel(material.kernel(), material.probe(), "quiet")
            .disk(disk.readOnlyDisk())
            .start();
    machine.await("probe: ready", BOOT);
    machine.shell("modprobe squashfs && modprobe overlay", BOOT);
    machine.shell(
        "mkdir /new /mnt && mount -t tmpfs t /mnt && cd /mnt && mkdir lower upper work", BOOT);
    machine.shell("mount -r /dev/vda lower", BOOT);
    machine.shell("mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work o /new", BOOT);
    String report =
        "#!/bin/sh\\necho report: $(systemctl is-active multi-user.target) $(systemctl --failed | grep -c failed.*failed)"
            + "\\nsystemctl poweroff\\n";
    machine.shell("printf '" + report + "' >/new/usr/lib/mos-test/run", BOOT);
    machine.shell("chmod 755 /new/usr/lib/mos-test/run", BOOT);
    machine.send("exec switch_root /new /sbin/init\n");
    assertEquals("report: active 0", machine.await("^report: .*", BOOT).text());
    assertEquals(MachineEnd.POWERED_DOWN, machine.end(BOOT));
  }
}
