package mos.distribution.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static mos.distribution.system.Programs.image;
import static mos.distribution.system.Programs.mosb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import mos.formats.SealPoliciesFormat;
import mos.plugin.keyset.FileKeysetProvider;
import mos.plugin.tpm.TpmKeyVaultProvider;
import mos.plugin.uki.UkiBootkitBuilder;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.sign.Keysets;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;
import mos.testkit.vm.Disk;
import mos.testkit.vm.FirmwareVariables;
import mos.testkit.vm.GuestMaterial;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.Swtpm;
import mos.testkit.vm.VirtualMachine;
import org.junit.jupiter.api.Assumptions;

/**
 * What the machines under test are made of, and one machine that is provisioned and installed, of
 * which tests take copies. Made once for all test classes; what was published stays in {@code
 * target/vm} for the next run with the same inputs, because dracut's initrd takes a minute.
 *
 * <p>There is one bootkit by {@code mosb bootkit build}. Others are it with another command line,
 * other policies and another signature, as {@code mosb media build} makes those of media.
 */
final class VmFactory {
  static final String KEYSET = "acme";
  static final String MACHINE = "11111111-2222-3333-4444-555555555555";

  /** The bootkit of manifest 1.0. */
  static final String FIRST = "e2e.1";

  /** The bootkit of manifest 1.1, which is of the next version. */
  static final String SECOND = "e2e.2";

  /** The bootkit of a manifest that is nobody's wish: it starts, and opens nothing. */
  static final String NEVER = "e2e.never";

  /** The media; the last is an optical disc. */
  static final String PROVISION = "provision.img";

  static final String INSTALL = "install.img";
  static final String LIVE = "live.iso";

  /** Where machines that are started from a medium find their disk. */
  static final String DISK = "/dev/vdb";

  /** What is published, where {@link #repositories()} is mounted. */
  static final String URL = "oci:/media:machine/acme:";

  /**
   * PCR 7 when QEMU starts a kernel without UEFI: SeaBIOS measures a separator, 4 bytes of ones,
   * and nothing else. No machine of the world has it approved, but those of these tests, most of
   * which are about what happens after firmware.
   */
  static final Digest WITHOUT_FIRMWARE =
      new Digest("e21b703ee69c77476bccb43ec0336a9a1b2914b378944f7b00a10214ca8fea93");

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** To be counted up with each change of what is published. */
  private static final int RECIPE = 2;

  static final long DISK_SIZE = 2L << 30;
  private static Optional<VmFactory> shared = Optional.empty();

  private final Path directory;
  private final GuestMaterial material = GuestMaterial.prepared();
  private Optional<VmMachine> golden = Optional.empty();

  private VmFactory(Path directory) {
    this.directory = directory;
  }

  /** The one of this JVM. */
  static synchronized VmFactory shared() {
    if (shared.isEmpty()) {
      try {
        shared = Optional.of(make());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return shared.get();
  }

  private static VmFactory make() throws IOException {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "needs root: dracut runs in a root directory");
    Path place = Path.of("target/vm").toAbsolutePath();
    Path mine = place.resolve("factory-" + key());
    if (Files.isDirectory(place)) {
      try (Stream<Path> others = Files.list(place)) {
        for (Path other : others.filter(path -> !path.equals(mine)).toList()) {
          if (other.getFileName().toString().startsWith("factory-")) {
            remove(other);
          }
        }
      }
    }
    VmFactory factory = new VmFactory(mine);
    Path done = mine.resolve("published");
    if (Files.notExists(done)) {
      remove(mine);
      Files.createDirectories(mine);
      long start = System.nanoTime();
      factory.publish();
      Files.createFile(done);
      VmBoots.of("(publish: keyset, bootkits, images, media)", "", System.nanoTime() - start, "");
    }
    return factory;
  }

  /** Of everything that what is published depends on. */
  static String key() throws IOException {
    Path material = GuestMaterial.prepared().directory();
    MessageDigest sha256 = Digest.sha256();
    for (Path input :
        List.of(
            image("inputs.sha256"),
            material.resolve(".kit.stamp"),
            material.resolve(".hostfs.stamp"),
            Path.of("../plugins/uki/src/main"),
            Path.of("systemd"),
            Path.of("dracut"))) {
      try (Stream<Path> files = Files.walk(input)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          sha256.update(Files.readAllBytes(file));
        }
      }
    }
    sha256.update((byte) RECIPE);
    return HexFormat.of().formatHex(sha256.digest()).substring(0, 16);
  }

  // --- what a publisher does

  private void publish() throws IOException {
    mosbOk("keyset", "add", KEYSET, "--org", "Acme");
    mosbOk("sudi", "add", KEYSET, "default", MACHINE);
    mosbOk(
        "bootkit",
        "build",
        "--keyset",
        KEYSET,
        "--kernel",
        material.kit(),
        "--runtime",
        image("initrd"),
        "--id",
        FIRST,
        "--pcr7",
        WITHOUT_FIRMWARE.hex(),
        "--append",
        "console=ttyS0",
        "--output",
        "oci:" + directory.resolve("images/bootkit") + ":1");
    unpack("bootkit", bootkit());
    bootkit(SECOND, "uki-production", 2, 0);
    bootkit(NEVER, "uki-limited", 1, 0);
    hostfs();
    Files.createDirectories(directory.resolve("layers/site/www"));
    Files.writeString(directory.resolve("layers/site/www/index.html"), "hello\n");
    mosbOk("image", "build", "--output", source("site", "1"), directory.resolve("layers/site"));
    layers();
    String hostfs = target("hostfs", "1");
    String bootkit = target("bootkit", "1");
    manifest("1.0", hostfs, bootkit, target("site", "1"));
    manifest("1.1", target("hostfs", "2"), target("bootkit", SECOND), target("site", "1"));
    manifest(
        "layers", hostfs, bootkit, target("many", "1"), target("left", "1"), target("right", "1"));
    manifest("never", hostfs, target("bootkit", NEVER), target("site", "1"));
    manifest("live", bootkit, target("livecd", "hostfs", source("hostfs", "1"), "1"));
    String console = "console=ttyS0";
    String sudi = sudi().toString();
    medium("provision", PROVISION, "1.0", "--sudi", sudi, "--enroll", "--append", console);
    medium("install", INSTALL, "1.0", "--offline", "--disk", DISK, "--append", console);
    medium("live", LIVE, "live", "--offline", "--format", "iso", "--append", console);
    Programs.run(
            List.of(
                "mke2fs",
                "-q",
                "-t",
                "ext4",
                "-d",
                zot().toString(),
                repositories().image().toString(),
                "512M"))
        .ok();
  }

  /** A disk that holds all that was published, as a file system. */
  Disk repositories() {
    return Disk.of(directory.resolve("repositories.img"), "repositories").readOnlyDisk();
  }

  /** A service of 60 layers, and two of which each has one layer that is the other's too. */
  private void layers() throws IOException {
    List<Object> many = new ArrayList<>(List.of("image", "build", "--output", source("many", "1")));
    for (int i = 0; i < 60; i++) {
      Path layer = Files.createDirectories(directory.resolve("layers/many-" + i));
      Files.writeString(layer.resolve("file-" + i), "this is layer " + i + "\n");
      many.add(layer);
    }
    mosbOk(many.toArray());
    Path shared = Files.createDirectories(directory.resolve("layers/shared"));
    byte[] noise = new byte[1 << 20];
    new Random(1).nextBytes(noise);
    Files.write(shared.resolve("noise"), noise);
    for (String side : List.of("left", "right")) {
      Path own = Files.createDirectories(directory.resolve("layers/" + side));
      Files.writeString(own.resolve("side"), side + "\n");
      mosbOk("image", "build", "--output", source(side, "1"), shared, own);
    }
  }

  /** The root file systems of both manifests: Debian, mos, and what the tests want of it. */
  private void hostfs() throws IOException {
    Path mos = directory.resolve("layers/mos");
    Path units = Files.createDirectories(mos.resolve("etc/systemd/system"));
    Files.createDirectories(mos.resolve("opt"));
    Programs.run(List.of("cp", "-a", image("admin").toString(), mos + "/opt/mos")).ok();
    Files.copy(Path.of("systemd/mos-boot.service"), units.resolve("mos-boot.service"));
    Path wants = Files.createDirectories(units.resolve("multi-user.target.wants"));
    Files.createSymbolicLink(wants.resolve("mos-boot.service"), Path.of("../mos-boot.service"));
    Files.createDirectories(mos.resolve("usr/lib/mos-test"));
    Files.writeString(mos.resolve("usr/lib/mos-test/console"), "a shell on the console\n");
    // What the initrd has, so that the same can be tried at the wrong time.
    Files.createDirectories(mos.resolve("mos"));
    Files.write(
        mos.resolve("mos/policies.json"), SealPoliciesFormat.write(policies(1, 0)).toArray());
    Path prompt = Files.createDirectories(units.resolve("mos-console.service.d"));
    Files.writeString(
        prompt.resolve("prompt.conf"),
        "[Service]\nEnvironment=\"PS1=guest# \" PATH=/opt/mos/bin:/usr/sbin:/usr/bin\n");
    for (String version : List.of("1", "2")) {
      Path own = Files.createDirectories(directory.resolve("layers/hostfs-" + version + "/etc"));
      Files.writeString(own.resolve("mos-version"), "hostfs " + version + "\n");
      mosbOk(
          "image",
          "build",
          "--output",
          source("hostfs", version),
          material.hostfs(),
          mos,
          own.getParent());
    }
  }

  String source(String name, String tag) {
    return "oci:" + directory.resolve("images").resolve(name) + ":" + tag;
  }

  /** An entry of a manifest's targets, for an image of the same name. */
  String target(String name, String tag) {
    return target(name, name.equals("hostfs") ? "hostfs" : "fs-only", source(name, tag), tag);
  }

  static String target(String name, String type, String source, String version) {
    return "  - {service_name: %s, service_type: %s, version: \"%s\", source: \"%s\"}\n"
        .formatted(name, type, version, source);
  }

  /** Publishes a complete manifest. */
  void manifest(String tag, String... targets) throws IOException {
    Path yaml = directory.resolve("manifest-" + tag + ".yaml");
    Files.writeString(
        yaml,
        "version: 1\nproduct: default\nupdate_type: complete\ntargets:\n"
            + String.join("", targets));
    mosbOk(
        "manifest",
        "publish",
        "--project",
        KEYSET + ":default",
        "--repo",
        "oci:" + zot(),
        "--name",
        "machine/acme:" + tag,
        yaml);
  }

  /** Makes a medium from a manifest. */
  private void medium(String mode, String output, String manifest, String... more) {
    List<Object> args = new ArrayList<>(List.of("media", "build", "--mode", mode));
    args.addAll(List.of("--keyset", KEYSET, "--output", directory.resolve(output)));
    args.addAll(List.of(more));
    args.add("oci:" + zot() + ":machine/acme:" + manifest);
    mosbOk(args.toArray());
  }

  Path zot() {
    return directory.resolve("zot");
  }

  /** A root directory with a kernel and systemd's parts. */
  Path kit() {
    return material.kit();
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** The machine's key and certificate. */
  Path sudi() {
    return directory.resolve("keys").resolve(KEYSET).resolve("manifest/default/sudi/" + MACHINE);
  }

  Keysets keysets() {
    return new FileKeysetProvider().open(directory.resolve("keys"));
  }

  Programs.Run mosbOk(Object... args) {
    return Programs.run(
            mosb(args), Map.of("MOS_KEYS", directory.resolve("keys").toString()), PATIENCE)
        .ok();
  }

  // --- bootkits

  /** The files of the first bootkit. */
  Path bootkit() {
    return directory.resolve("bootkit");
  }

  /** The UKI of a bootkit. */
  Path uki(String id) {
    return id.equals(FIRST)
        ? bootkit().resolve(Bootkit.UKI)
        : directory.resolve("bootkit-" + id).resolve(Bootkit.UKI);
  }

  /** Makes another bootkit of the first one, and its image {@code bootkit:id}. */
  private void bootkit(String id, String key, int version, int minimumVersion) throws IOException {
    Path files = directory.resolve("bootkit-" + id);
    Path uki = files.resolve(Bootkit.UKI);
    Files.createDirectories(uki.getParent());
    Files.createDirectories(files.resolve(Bootkit.LOADER).getParent());
    Files.copy(bootkit().resolve(Bootkit.LOADER), files.resolve(Bootkit.LOADER));
    Files.createDirectories(files.resolve(Bootkit.TOOLS).getParent());
    Files.copy(bootkit().resolve(Bootkit.TOOLS), files.resolve(Bootkit.TOOLS));
    sign(uki, id, key, version, minimumVersion);
    Path image = directory.resolve("images/bootkit");
    mosbOk("image", "build", "--output", source("bootkit", id), files);
    VmImages.annotate(image, id, Bootkit.ID_ANNOTATION, id);
  }

  /** Makes a UKI of the first bootkit's for the installed system. */
  Path sign(Path uki, String id, String key, int version, int minimumVersion) {
    SealPolicies policies = policies(version, minimumVersion);
    List<String> commandLine = new ArrayList<>(List.of("root=soci:name=mosboot"));
    commandLine.addAll(Bootkit.KERNEL_ARGUMENTS);
    commandLine.addAll(List.of(Bootkit.ID_ARGUMENT + "=" + id, "console=ttyS0"));
    new UkiBootkitBuilder()
        .rework(
            bootkit(),
            commandLine,
            Map.of("/mos/policies.json", SealPoliciesFormat.write(policies)),
            false,
            keysets().signingKey(KEYSET, key),
            uki,
            EventSink.NONE);
    return uki;
  }

  /** The UKI of a medium. */
  synchronized Path mediumUki(String medium) throws IOException {
    Path uki = directory.resolve(medium.replace(".img", ".efi"));
    if (Files.notExists(uki)) {
      Programs.run(
              List.of(
                  "mcopy",
                  "-i",
                  directory.resolve(medium) + "@@1M",
                  "::/EFI/Linux/mos-medium.efi",
                  uki.toString()))
          .ok();
    }
    return uki;
  }

  private SealPolicies policies(int version, int minimumVersion) {
    Keysets keysets = keysets();
    Digest firmware =
        new UkiBootkitBuilder()
            .predictPcr7(
                keysets.firmware(KEYSET),
                List.of(
                    keysets.firmwareCertificate(KEYSET, "uefi-db"),
                    keysets.firmwareCertificate(KEYSET, "uki-production")));
    List<SignedSealPolicy> policies = new ArrayList<>();
    for (Digest pcr7 : List.of(firmware, WITHOUT_FIRMWARE)) {
      SealPolicy policy = new SealPolicy(pcr7, version);
      policies.add(
          new SignedSealPolicy(
              policy,
              keysets.sign(KEYSET, "tpmpol-luks", new TpmKeyVaultProvider().approvable(policy))));
    }
    return new SealPolicies(
        keysets.publicKey(KEYSET, "tpmpol-luks"), version, minimumVersion, policies);
  }

  private void unpack(String name, Path target) throws IOException {
    Path layer = VmImages.layers(directory.resolve("images").resolve(name), "1").getFirst();
    Programs.run(List.of("unsquashfs", "-q", "-n", "-d", target.toString(), layer.toString())).ok();
  }

  /** The part of a UKI that a section holds, as a file of its own. */
  synchronized Path section(Path uki, String section) {
    Path file = uki.resolveSibling(uki.getFileName() + "." + section);
    if (Files.notExists(file)) {
      Programs.run(
              List.of(
                  "objcopy",
                  "-O",
                  "binary",
                  "--only-section=." + section,
                  uki.toString(),
                  file.toString()))
          .ok();
    }
    return file;
  }

  // --- the machine

  /** The machine that is provisioned and installed; it is not to be started, copies are. */
  synchronized VmMachine golden() {
    if (golden.isEmpty()) {
      Path place = directory.resolve("golden");
      VmMachine machine = new VmMachine(place, Disk.of(place.resolve("disk.img"), "system"));
      if (!Boolean.getBoolean("mos.vm.reuse") || Files.notExists(place.resolve("done"))) {
        manufacture(machine, place);
      }
      golden = Optional.of(machine);
    }
    return golden.get();
  }

  private void manufacture(VmMachine machine, Path place) {
    try {
      remove(place);
      Files.createDirectories(place);
      Swtpm.manufacture(machine.tpm());
      new FirmwareVariables().write(machine.variables());
      Disk disk = Disk.empty(place.resolve("disk.img"), DISK_SIZE, "system");
      Disk provision = Disk.of(directory.resolve(PROVISION), "medium").readOnlyDisk();
      Disk install = Disk.of(directory.resolve(INSTALL), "medium").readOnlyDisk();
      end(machine, place, "enroll-keys", MachineEnd.RESET, "", provision);
      end(
          machine,
          place,
          "provision",
          MachineEnd.POWERED_DOWN,
          "mosctl initrd: provisioned; switching off",
          provision);
      end(
          machine,
          place,
          "install",
          MachineEnd.POWERED_DOWN,
          "mosctl initrd: installed on " + DISK + ": hostfs, bootkit, site; switching off",
          install,
          disk);
      Files.createFile(place.resolve("done"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void end(
      VmMachine machine, Path logs, String name, MachineEnd expected, String text, Disk... disks) {
    VirtualMachine.Builder builder =
        VirtualMachine.builder(name, logs).firmware(machine.variables()).tpm(machine.tpm());
    for (Disk disk : disks) {
      builder.disk(disk);
    }
    try (VirtualMachine booted = builder.start()) {
      MachineEnd end = booted.end(PATIENCE);
      VmBoots.of(booted, name, "firmware");
      if (end != expected || !booted.console().contains(text)) {
        throw new AssertionError(
            name + " ended with " + end + ", without '" + text + "': " + booted.log());
      }
    }
  }

  /** What the console of a boot of the golden machine's making showed. */
  String golden(String boot) throws IOException {
    return Files.readString(golden().place().resolve(boot + ".console"), UTF_8);
  }

  static void remove(Path tree) throws IOException {
    if (Files.exists(tree)) {
      Programs.run(List.of("rm", "-rf", tree.toString())).ok();
    }
  }
}
