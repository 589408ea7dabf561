package mos.testkit.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("vm")
class VirtualMachineTest {
  private static final Duration BOOT = Duration.ofMinutes(2);
  private static final Duration MOMENT = Duration.ofSeconds(30);

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final GuestMaterial material = GuestMaterial.prepared();

  @Test
  void aKernelBootsAndItsShellAnswers() {
    VirtualMachine machine = probe("probe").start();
    machine.await("probe: ready", BOOT);
    assertTrue(
        machine.shell("cat /proc/version", MOMENT).contains(material.kernelVersion()),
        machine::console);
    AssertionError failure =
        assertThrows(AssertionError.class, () -> machine.shell("ls /nowhere", MOMENT));
    assertTrue(failure.getMessage().contains("ran 'ls /nowhere' in vain"), failure::getMessage);
    machine.send("echo o >/proc/sysrq-trigger\n");
    assertEquals(MachineEnd.POWERED_DOWN, machine.end(MOMENT));
  }

  @Test
  void aResetEndsItAndIsCalledOne() {
    VirtualMachine machine = probe("reset").start();
    machine.await("probe: ready", BOOT);
    machine.send("echo b >/proc/sysrq-trigger\n");
    assertEquals(MachineEnd.RESET, machine.end(MOMENT));
    AssertionError failure =
        assertThrows(AssertionError.class, () -> machine.await("never", MOMENT));
    assertTrue(failure.getMessage().contains("before it reset itself"), failure::getMessage);
  }

  @Test
  void whatIsNotShownInTimeNamesTheLog() throws IOException {
    VirtualMachine machine = probe("late").start();
    machine.await("probe: ready", BOOT);
    AssertionError failure =
        assertThrows(AssertionError.class, () -> machine.await("never", Duration.ofMillis(1500)));
    assertTrue(
        failure
            .getMessage()
            .startsWith(
                "machine 'late' did not show /never/ within 1 s; its console (log and disks: "
                    + room.directory()),
        failure::getMessage);
    assertTrue(
        Files.readString(machine.log())
            .lines()
            .anyMatch(line -> line.matches("\\[ +[0-9.]+\\] probe: ready after .*")));
  }

  @Test
  void aPowerCutLeavesWhatWasFlushedAndNothingElse() throws IOException {
    Disk base = Disk.empty(room.file("base.raw"), 16 << 20, "base");
    Disk disk = base.overlay(room.file("disk.qcow2"));
    VirtualMachine machine = probe("cut").disk(disk).start();
    machine.await("probe: ready", BOOT);
    machine.shell("echo flushed | dd of=/dev/vda conv=fsync", MOMENT);
    machine.shell("echo written | dd of=/dev/vda bs=1M seek=8 && sync", MOMENT);
    machine.send("sleep 1; echo over\n");
    assertEquals(
        MachineEnd.POWER_CUT,
        machine.cutPowerAfter("^over", Duration.ofMillis(100), Duration.ofSeconds(20)));
    assertEquals(MachineEnd.POWER_CUT, machine.end(MOMENT));
    byte[] written = Files.readAllBytes(disk.raw(room.file("disk.raw")).image());
    assertEquals("flushed\n", new String(written, 0, 8, StandardCharsets.US_ASCII));
    assertEquals(0, written[8 << 20], "the disk kept what it was not told to");
    byte[] untouched = Files.readAllBytes(base.image());
    assertEquals(0, Arrays.mismatch(untouched, written), "the base was written to");
  }

  @Test
  void aDiskIsFoundByItsSerialNumber() throws IOException {
    Path image = Files.write(room.file("medium.raw"), new byte[1 << 20]);
    VirtualMachine machine =
        probe("disks")
            .disk(Disk.empty(room.file("first.raw"), 1 << 20, "first"))
            .disk(Disk.of(image, "medium").readOnlyDisk())
            .start();
    machine.await("probe: ready", BOOT);
    assertEquals("first", machine.shell("cat /sys/block/vda/serial; echo", MOMENT));
    assertEquals(
        "medium 1",
        machine.shell("echo $(cat /sys/block/vdb/serial) $(cat /sys/block/vdb/ro)", MOMENT));
  }

  @Test
  void aTpmRemembersOverTwoBoots() {
    Path tpm = room.tpm("tpm");
    assertEquals(resets("first", tpm) + 1, resets("second", tpm));
  }

  @Test
  void theMomentOfAPowerCutCanBeGiven() {
    VirtualMachine machine = probe("moment").start();
    assertEquals(MachineEnd.POWER_CUT, machine.cutPowerAt(Duration.ofMillis(500)));
    assertTrue(
        machine.time().compareTo(Duration.ofSeconds(10)) < 0, () -> machine.time().toString());
  }

  @Test
  void aMachineThatCannotBeSaysWhy() {
    VirtualMachine machine = probe("wrong").options("-device", "no-such-device").start();
    AssertionError failure = assertThrows(AssertionError.class, () -> machine.end(MOMENT));
    assertTrue(failure.getMessage().contains("no-such-device"), failure::getMessage);
  }

  private VirtualMachine.Builder probe(String name) {
    return room.machine(name).kernel(material.kernel(), material.probe(), "quiet");
  }

  /** Boots, and asks the TPM how often it was reset: TPM2_ReadClock. */
  private int resets(String name, Path tpm) {
    VirtualMachine machine = probe(name).tpm(tpm).start();
    machine.await("probe: ready", BOOT);
    String command =
        "exec 3<>/dev/tpm0; printf '\\200\\001\\0\\0\\0\\012\\0\\0\\001\\201' >&3;"
            + " head -c 35 <&3 | od -An -tu4 --endian=big -j26 -N4; exec 3>&-";
    int resets = Integer.parseInt(machine.shell(command, MOMENT));
    machine.send("echo o >/proc/sysrq-trigger\n");
    assertEquals(MachineEnd.POWERED_DOWN, machine.end(MOMENT));
    return resets;
  }
}
