package mos.plugin.uki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import mos.plugin.uki.UnifiedKernel.Given;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder.BootkitRequest;
import mos.spi.boot.BootkitBuilder.Enrollment;
import mos.spi.boot.BootkitBuilder.MediumFormat;
import mos.spi.boot.BootkitBuilder.MediumRequest;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bootkit made of a real root directory (MOS_VM_DIR/kit, see distribution/vm/prepare) and a real
 * linked image, in a real firmware under software emulation. What runs in it is a probe in the
 * place of mosctl.
 */
@Tag("vm")
class FirmwareTest {
  private static final Path FIRMWARE = Path.of("/usr/share/OVMF");
  private static final int SECONDS = 240;
  private static final int MAX_INITRD = 32 << 20;

  private static final String PROBE =
      """
      #!/bin/sh
      read -r pcr </sys/class/tpm/tpm0/pcr-sha256/7
      echo "pcr7 $pcr"
      # Four bytes of attributes, and the value: a byte that is 1.
      one=$(printf '\\001')
      case $(cat /sys/firmware/efi/efivars/SecureBoot-* 2>/dev/null) in
        *"$one") echo "secure boot 1" ;;
        *) echo "secure boot 0" ;;
      esac
      for link in /dev/disk/by-label/*; do echo "label ${link##*/}"; done
      exit 1
      """;

  @TempDir static Path directory;
  private static SigningKey platform;
  private static SigningKey exchange;
  private static SigningKey loader;
  private static SigningKey production;
  private static Path kit;
  private static Path bootkit;

  @BeforeAll
  static void buildBootkit() throws IOException {
    RootOnly.assume();
    Tool.assume("qemu-system-x86_64", "swtpm", "sbverify", "unshare");
    Assumptions.assumeTrue(Files.exists(FIRMWARE.resolve("OVMF_VARS_4M.fd")), "no package ovmf");
    String work = System.getenv("MOS_VM_DIR");
    kit = Path.of(work == null ? "/var/cache/mos-vm" : work).resolve("kit");
    Assumptions.assumeTrue(Files.isDirectory(kit), kit + " is not prepared");
    Path runtime =
        Path.of(System.getProperty("mos.runtime", "../../distribution/target/images/initrd"));
    Assumptions.assumeTrue(Files.isDirectory(runtime), runtime + " is not linked");
    platform = Tool.key(directory.resolve("keys"), "platform");
    exchange = Tool.key(directory.resolve("keys"), "exchange");
    loader = Tool.key(directory.resolve("keys"), "loader");
    production = Tool.key(directory.resolve("keys"), "production");
    bootkit = Files.createDirectory(directory.resolve("bootkit"));
    long start = System.nanoTime();
    new UkiBootkitBuilder()
        .build(
            new BootkitRequest(
                "test.1",
                kit,
                runtime,
                Bytes.copyOf(Files.readAllBytes(platform.certificate())),
                Bytes.utf8("{}"),
                List.of("console=ttyS0"),
                loader,
                production),
            bootkit,
            EventSink.NONE);
    System.out.println(
        "bootkit built in "
            + (System.nanoTime() - start) / 1_000_000_000
            + " s, UKI of "
            + Files.size(bootkit.resolve(Bootkit.UKI))
            + " bytes");
  }

  @Test
  void bothAreSignedAndTheInitrdIsSmallEnough() throws IOException {
    Path uki = bootkit.resolve(Bootkit.UKI);
    Tool.run("sbverify", "--cert", production.certificate().toString(), uki.toString());
    Tool.run(
        "sbverify",
        "--cert",
        loader.certificate().toString(),
        bootkit.resolve(Bootkit.LOADER).toString());

    byte[] bytes = Files.readAllBytes(uki);
    PortableExecutable executable =
        PortableExecutable.parse(Arrays.copyOf(bytes, 65_536), bytes.length);
    long initrd = executable.section(".initrd").orElseThrow().content().size();
    assertTrue(initrd <= MAX_INITRD, initrd + " bytes");
    PortableExecutable.Extent line = executable.section(".cmdline").orElseThrow().content();
    assertEquals(
        "root=soci:name=mosboot panic=-1 quiet loglevel=4 mos.bootkit=test.1 console=ttyS0",
        new String(bytes, (int) line.offset(), (int) line.size(), UTF_8));
  }

  @Test
  void theRootAndTheMountTableAreAsBefore() throws IOException {
    assertFalse(Files.exists(kit.resolve("mos")));
    assertFalse(Files.exists(kit.resolve("run/mos-bootkit")));
    assertFalse(Files.exists(kit.resolve("usr/lib/dracut/modules.d/90mos")));
    assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains(directory.toString()));
  }

  @Test
  void firmwareTakesOurKeysStartsOurImagesAndMeasuresWhatWasPredicted() throws IOException {
    FirmwareKeys keys =
        new FirmwareKeys(
            certificate(platform, 1),
            certificate(exchange, 2),
            List.of(certificate(loader, 3), certificate(production, 4)));
    Path uki = directory.resolve("probe.efi");
    probe(uki, production);
    Path medium = directory.resolve("medium");
    new UkiBootkitBuilder()
        .medium(
            new MediumRequest(
                bootkit.resolve(Bootkit.LOADER),
                uki,
                Optional.of(new Enrollment(keys, platform, exchange)),
                Optional.empty()),
            MediumFormat.RAW,
            medium,
            EventSink.NONE);
    Path variables = Files.copy(FIRMWARE.resolve("OVMF_VARS_4M.fd"), directory.resolve("vars"));

    boot(variables, "if=none,id=d,format=raw,readonly=on,file=" + medium, "virtio-blk-pci,drive=d");
    List<String> console =
        boot(
            variables,
            "if=none,id=d,format=raw,readonly=on,file=" + medium,
            "virtio-blk-pci,drive=d");

    assertLine(
        console,
        "pcr7 "
            + SecureBoot.pcr7(keys, List.of(certificate(loader, 3), certificate(production, 4)))
                .hex());
    assertLine(console, "secure boot 1");
    assertLine(console, "mos: refused: mosctl initrd ended with 1; resetting");
  }

  @Test
  void theMachinesInitIsStartedAndNoArgumentLeadsToAShell() throws IOException {
    Path initrd = initrd("#!/bin/sh\n: >/run/kept\nexec mount -t ext4 -o ro /dev/vda /sysroot\n");
    List<String> console =
        start(
            initrd,
            "root=soci:name=mosboot rd.break rd.shell=1 rd.emergency=shell rd.cmdline=ask"
                + " init=/usr/bin/dash systemd.debug_shell",
            machinesRoot());

    assertLine(console, "the init of the machine is 1, with 0 arguments");
    assertLine(console, "run was kept");
  }

  @Test
  void whateverGoesWrongTheMachineSaysItInOneLineAndResets() throws IOException {
    Path disk = Files.write(directory.resolve("empty"), new byte[1 << 20]);
    Path nothing = initrd("#!/bin/sh\nexit 0\n");

    assertLine(
        start(nothing, "root=/dev/vda rd.shell=1", disk),
        "mos: refused: the command line has no root=soci:; resetting");
    assertLine(
        start(nothing, "root=soci:name=mosboot rd.break", disk),
        "mos: refused: nothing is mounted at /sysroot; resetting");
  }

  @Test
  void aDiscStartsLikeADisk() throws IOException {
    Tool.assume("xorriso");
    Path uki = directory.resolve("disc.efi");
    probe(uki, production);
    Path medium = directory.resolve("medium.iso");
    Path content = Files.createDirectory(directory.resolve("a=content"));
    Files.writeString(content.resolve("index.json"), "{}");
    new UkiBootkitBuilder()
        .medium(
            new MediumRequest(
                bootkit.resolve(Bootkit.LOADER), uki, Optional.empty(), Optional.of(content)),
            MediumFormat.ISO,
            medium,
            EventSink.NONE);
    Path variables = Files.copy(FIRMWARE.resolve("OVMF_VARS_4M.fd"), directory.resolve("vars2"));

    List<String> console =
        boot(variables, "if=none,id=d,media=cdrom,format=raw,file=" + medium, "ide-cd,drive=d");
    assertLine(console, "label mos-medium");
    assertLine(console, "mos: refused: mosctl initrd ended with 1; resetting");
  }

  /** The bootkit's UKI with a script in the place of mosctl. */
  private static void probe(Path target, SigningKey signer) throws IOException {
    try (FileChannel base = FileChannel.open(bootkit.resolve(Bootkit.UKI))) {
      UnifiedKernel kernel = UnifiedKernel.read(base);
      kernel.write(
          Map.of(
              UnifiedKernel.INITRD,
              List.of(
                  kernel.section(UnifiedKernel.INITRD),
                  new Given(Bytes.copyOf(padding(kernel))),
                  new Given(Bytes.copyOf(inTheirPlace(PROBE))))),
          target);
    }
    Authenticode.sign(target, SigningIdentity.read(signer));
  }

  /** The bootkit's initrd with a script in the place of mosctl. */
  private static Path initrd(String script) throws IOException {
    Path file = Files.createTempFile(directory, "initrd", null);
    try (FileChannel base = FileChannel.open(bootkit.resolve(Bootkit.UKI));
        OutputStream out = Files.newOutputStream(file)) {
      UnifiedKernel kernel = UnifiedKernel.read(base);
      PortableExecutable.Extent extent = kernel.section(UnifiedKernel.INITRD).extent();
      base.transferTo(extent.offset(), extent.size(), Channels.newChannel(out));
      out.write(padding(kernel));
      out.write(inTheirPlace(script));
    }
    return file;
  }

  private static byte[] padding(UnifiedKernel kernel) {
    return new byte[(int) (-kernel.section(UnifiedKernel.INITRD).size() & 3)];
  }

  /** A cpio archive with a script as mosctl. */
  private static byte[] inTheirPlace(String script) throws IOException {
    Path tree = Files.createTempDirectory(directory, "probe");
    Path program = Files.createDirectories(tree.resolve("mos/bin")).resolve("mosctl");
    Files.writeString(program, script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path archive = directory.resolve(tree.getFileName() + ".cpio");
    Tool.run(
        "sh", "-c", "cd " + tree + " && find mos | cpio --quiet -o -H newc -R 0:0 >" + archive);
    return Files.readAllBytes(archive);
  }

  /** A file system whose init says that it runs. */
  private static Path machinesRoot() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("root"));
    for (String name : List.of("dev", "proc", "run", "sbin", "sys")) {
      Files.createDirectory(tree.resolve(name));
    }
    for (String name :
        List.of("usr/bin/dash", "lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu/libc.so.6")) {
      Files.createDirectories(tree.resolve(name).resolveSibling("."));
      Files.copy(kit.resolve(name), tree.resolve(name));
    }
    Path init = tree.resolve("sbin/init");
    Files.writeString(
        init,
        """
        #!/usr/bin/dash
        echo "<2>the init of the machine is $$, with $# arguments" >/dev/kmsg
        [ -e /run/kept ] && echo "<2>run was kept" >/dev/kmsg
        echo b >/proc/sysrq-trigger
        """);
    Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path image = directory.resolve("root.img");
    Tool.run("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), image.toString(), "16M");
    return image;
  }

  /** Starts a machine by its firmware, and waits until it resets; its console. */
  private static List<String> boot(Path variables, String drive, String device) throws IOException {
    return machine(
        "-global",
        "driver=cfi.pflash01,property=secure,value=on",
        "-global",
        "ICH9-LPC.disable_s3=1",
        "-drive",
        "if=pflash,format=raw,unit=0,readonly=on,file="
            + FIRMWARE.resolve("OVMF_CODE_4M.secboot.fd"),
        "-drive",
        "if=pflash,format=raw,unit=1,file=" + variables,
        "-drive",
        drive,
        "-device",
        device + ",bootindex=1");
  }

  /** Starts the kernel without firmware, which is quicker. */
  private static List<String> start(Path initrd, String commandLine, Path disk) throws IOException {
    return machine(
        "-kernel",
        kit.resolve("boot/vmlinuz-" + KitRoot.of(kit).kernel()).toString(),
        "-initrd",
        initrd.toString(),
        "-append",
        commandLine + " console=ttyS0 quiet loglevel=4",
        "-drive",
        "if=none,id=d,format=raw,readonly=on,file=" + disk,
        "-device",
        "virtio-blk-pci,drive=d");
  }

  private static List<String> machine(String... arguments) throws IOException {
    Path work = Files.createTempDirectory(directory, "vm");
    Path socket = work.resolve("tpm");
    Process tpm =
        run(
            work.resolve("swtpm.log"),
            List.of(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + work,
                "--ctrl",
                "type=unixio,path=" + socket,
                "--terminate"));
    Process machine = null;
    try {
      for (int i = 0; i < 100 && !Files.exists(socket); i++) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      List<String> command =
          new ArrayList<>(
              List.of(
                  ("qemu-system-x86_64 -machine q35,smm=on -accel tcg,thread=multi -cpu max -smp 2"
                          + " -m 768 -nodefaults -no-user-config -display none -serial stdio"
                          + " -no-reboot -tpmdev emulator,id=tpm0,chardev=tpm"
                          + " -device tpm-crb,tpmdev=tpm0")
                      .split(" ")));
      command.addAll(List.of("-chardev", "socket,id=tpm,path=" + socket));
      command.addAll(List.of(arguments));
      Path log = work.resolve("console");
      machine = run(log, command);
      boolean ended = machine.waitFor(SECONDS, TimeUnit.SECONDS);
      String text = new String(Files.readAllBytes(log), UTF_8);
      assertTrue(ended, "still running after " + SECONDS + " s: " + text);
      return text.lines().toList();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      if (machine != null) {
        machine.destroyForcibly();
      }
      tpm.destroyForcibly();
    }
  }

  private static Process run(Path log, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void assertLine(List<String> console, String text) {
    assertTrue(
        console.stream()
            .anyMatch(line -> line.strip().toLowerCase(java.util.Locale.ROOT).endsWith(text)),
        () -> "no line '" + text + "' in:\n" + String.join("\n", console));
  }

  private static FirmwareCertificate certificate(SigningKey key, int owner) {
    return new FirmwareCertificate(
        new UUID(0x4000, 0x8000_0000_0000_0000L + owner), key.certificate());
  }
}
