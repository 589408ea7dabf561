package mos.distribution.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import mos.spi.boot.Bootkit;
import mos.testkit.vm.Disk;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@code mosb bootkit build} made, and what its initrd does around {@code mosctl initrd}: here
 * a script stands in its place. They need no installed machine: the last class begins while another
 * thread, which has the first, has that made.
 */
@Tag("vm")
@Order(Integer.MAX_VALUE)
final class VmBootkitTest {
  private static final long MAX_INITRD = 32_000_000;

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();

  @Test
  void bothPartsAreSignedAndTheInitrdIsSmallEnough() throws IOException {
    Path uki = factory.uki(VmFactory.FIRST);
    verified("uki-production", uki);
    verified("uefi-db", factory.bootkit().resolve(Bootkit.LOADER));

    long initrd = Files.size(factory.section(uki, "initrd"));
    System.out.printf(Locale.ROOT, "  initrd %,d bytes, UKI %,d bytes%n", initrd, Files.size(uki));
    assertTrue(initrd <= MAX_INITRD, initrd + " bytes");
    String line = Files.readString(factory.section(uki, "cmdline"), UTF_8);
    assertEquals(
        "root=soci:name=mosboot panic=-1 quiet loglevel=4 mos.bootkit=e2e.1 console=ttyS0",
        line.replace("\0", ""));
  }

  private void verified(String key, Path file) {
    Path certificate = factory.file("keys/acme/" + key + "/cert.pem");
    Programs.run(List.of("sbverify", "--cert", certificate.toString(), file.toString())).ok();
  }

  @Test
  void theKitAndTheMountTableAreAsBefore() throws IOException {
    for (String place : List.of("mos", "run/mos-bootkit", "usr/lib/dracut/modules.d/90mos")) {
      assertFalse(Files.exists(factory.kit().resolve(place)), place);
    }
    String mounts = Files.readString(Path.of("/proc/self/mounts"));
    assertFalse(mounts.contains(factory.kit().toString()), mounts);
  }

  @Test
  void theMachinesInitIsStartedAndNoArgumentLeadsToAShell() throws IOException {
    String console =
        boot(
            "arguments",
            "#!/bin/sh\n: >/run/kept\nexec mount -t ext4 -o ro /dev/vda /sysroot\n",
            "root=soci:name=mosboot rd.break rd.shell=1 rd.emergency=shell rd.cmdline=ask"
                + " init=/usr/bin/dash systemd.debug_shell",
            machinesRoot());

    assertLine(console, "the init of the machine is 1, with 0 arguments");
    assertLine(console, "run was kept");
  }

  @Test
  void whateverGoesWrongTheMachineSaysItInOneLineAndResets() throws IOException {
    String nothing = "#!/bin/sh\nexit 0\n";
    Path disk = Files.write(room.file("empty"), new byte[1 << 20]);

    assertLine(
        boot("another-root", nothing, "root=/dev/vda rd.shell=1", disk),
        "mos: refused: the command line has no root=soci:; resetting");
    assertLine(
        boot("no-sysroot", nothing, "root=soci:name=mosboot rd.break", disk),
        "mos: refused: nothing is mounted at /sysroot; resetting");
    assertLine(
        boot("failure", "#!/bin/sh\nexit 4\n", "root=soci:name=mosboot", disk),
        "mos: refused: mosctl initrd ended with 4; resetting");
  }

  /** What the console shows of a boot that ends in a reset. */
  private String boot(String name, String script, String commandLine, Path disk)
      throws IOException {
    Path uki = factory.uki(VmFactory.FIRST);
    var builder =
        room.machine(name)
            .kernel(
                factory.section(uki, "linux"),
                initrd(name, script),
                "quiet loglevel=4 " + commandLine)
            .disk(Disk.of(disk, "disk").readOnlyDisk());
    try (VmGuest guest = new VmGuest(builder, "a script in mosctl's place: " + name, "kernel")) {
      guest.ends(MachineEnd.RESET);
      return guest.machine().console();
    }
  }

  /** The bootkit's initrd with a script in the place of mosctl. */
  private Path initrd(String name, String script) throws IOException {
    Path tree = Files.createDirectory(room.file(name + ".tree"));
    executable(Files.createDirectories(tree.resolve("mos/bin")).resolve("mosctl"), script);
    Path archive = room.file(name + ".cpio");
    Programs.run(
            List.of(
                "sh",
                "-c",
                "cd " + tree + " && find mos | cpio --quiet -o -H newc -R 0:0 >" + archive))
        .ok();
    Path initrd = room.file(name + ".initrd");
    try (OutputStream out = Files.newOutputStream(initrd)) {
      long size = Files.copy(factory.section(factory.uki(VmFactory.FIRST), "initrd"), out);
      out.write(new byte[(int) (-size & 3)]);
      Files.copy(archive, out);
    }
    return initrd;
  }

  /** A file system whose init says that it runs. */
  private Path machinesRoot() throws IOException {
    Path tree = Files.createDirectory(room.file("root"));
    for (String name : List.of("dev", "proc", "run", "sbin", "sys")) {
      Files.createDirectory(tree.resolve(name));
    }
    for (String name :
        List.of("usr/bin/dash", "lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu/libc.so.6")) {
      Files.createDirectories(tree.resolve(name).resolveSibling("."));
      Files.copy(factory.kit().resolve(name), tree.resolve(name));
    }
    executable(
        tree.resolve("sbin/init"),
        """
        #!/usr/bin/dash
        echo "<2>the init of the machine is $$, with $# arguments" >/dev/kmsg
        [ -e /run/kept ] && echo "<2>run was kept" >/dev/kmsg
        echo b >/proc/sysrq-trigger
        """);
    Path image = room.file("root.img");
    Programs.run(
            List.of("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), image.toString(), "16M"))
        .ok();
    return image;
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void assertLine(String console, String text) {
    assertTrue(
        console.lines().anyMatch(line -> line.strip().endsWith(text)),
        () -> "no line '" + text + "' in:\n" + console);
  }
}
