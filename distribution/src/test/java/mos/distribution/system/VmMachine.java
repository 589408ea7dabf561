package mos.distribution.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mos.spi.boot.Bootkit;
import mos.testkit.vm.Disk;
import mos.testkit.vm.MachineRoom;
import mos.testkit.vm.VirtualMachine;

/**
 * A machine that is switched off: its firmware's variables, its TPM and its disk.
 *
 * @param place the directory of the first two
 * @param disk its disk
 */
record VmMachine(Path place, Disk disk) {
  /** The firmware's variables. */
  Path variables() {
    return place.resolve("variables");
  }

  /** The TPM's state. */
  Path tpm() {
    return place.resolve("tpm");
  }

  /** A machine that begins as this one. */
  VmMachine copy(MachineRoom room, String name) {
    Path mine = copied(room, name);
    return new VmMachine(mine, disk.overlay(mine.resolve("disk.qcow2")));
  }

  /** The same with a raw image as its disk, for tests that change it from outside. */
  VmMachine rawCopy(MachineRoom room, String name) {
    Path mine = copied(room, name);
    return new VmMachine(mine, disk.raw(mine.resolve("disk.img")));
  }

  private Path copied(MachineRoom room, String name) {
    try {
      Path mine = Files.createDirectories(room.file(name + ".machine"));
      Files.copy(variables(), mine.resolve("variables"));
      Programs.run(List.of("cp", "-a", tpm().toString(), mine.resolve("tpm").toString())).ok();
      return mine;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** To be started by its firmware from its disk. */
  VirtualMachine.Builder firmware(MachineRoom room, String name) {
    return room.machine(name).firmware(variables()).tpm(tpm()).disk(disk);
  }

  /** To be started with the kernel and the initrd of a bootkit's UKI, which is quicker. */
  VirtualMachine.Builder kernel(MachineRoom room, String name, String id) {
    return kernel(
            room, name, VmFactory.shared().uki(id), "root=soci:name=mosboot mos.bootkit=" + id)
        .tpm(tpm())
        .disk(disk);
  }

  /** A machine without a disk or a TPM that is started with the kernel and the initrd of a UKI. */
  static VirtualMachine.Builder kernel(
      MachineRoom room, String name, Path uki, String commandLine) {
    VmFactory factory = VmFactory.shared();
    return room.machine(name)
        .kernel(
            factory.section(uki, "linux"),
            factory.section(uki, "initrd"),
            String.join(" ", Bootkit.KERNEL_ARGUMENTS) + " " + commandLine);
  }
}
