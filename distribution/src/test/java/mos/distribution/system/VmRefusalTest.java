package mos.distribution.system;

import static mos.distribution.system.Programs.mosctl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.testkit.vm.Disk;
import mos.testkit.vm.MachineEnd;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is wrong is refused where it is, in one line on the console that says what, and the machine
 * resets. What firmware has no part in is tried without it ({@link VmFactory#WITHOUT_FIRMWARE}).
 */
@Tag("vm")
final class VmRefusalTest {
  /** What is damaged, and what the line that refuses it says. */
  private static final Map<String, List<String>> WORDS =
      Map.ofEntries(
          Map.entry("file-system-superblock", List.of("layer sha256:", "dm-verity found a block")),
          // The kernel's own line before it has the number of the block.
          Map.entry("layer-data", List.of("root file system", "Input/output error")),
          Map.entry("verity-superblock", List.of("layer sha256:", ": verity: ")),
          Map.entry("verity-tree", List.of("layer sha256:", "dm-verity found a block")),
          Map.entry("oci-manifest", List.of("blobs/sha256/", "its content has the digest")),
          Map.entry("install-manifest", List.of(".yaml: is not what its name says")),
          Map.entry("signature", List.of(".yaml.signed was not made over these bytes")),
          Map.entry("certificate", List.of(".pem")),
          Map.entry("system-manifest", List.of(".yaml: is missing in the installed system")),
          Map.entry("object", List.of("manifest.git")),
          Map.entry("authority", List.of("not trusted")));

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();

  @Test
  void aMachineWithoutItsTpmOpensNothing() throws IOException {
    VmMachine machine = factory.golden().copy(room, "machine");
    try (VmGuest guest = started(machine, "without a TPM", machine.place().resolve("none"))) {
      guest.refuses("TPM");
    }
    Path another = room.tpm("another");
    try (VmGuest guest = started(machine, "with a new TPM", another)) {
      guest.refuses("not provisioned");
    }
    Disk medium = Disk.of(factory.file(VmFactory.PROVISION), "medium").readOnlyDisk();
    try (VmGuest guest =
        new VmGuest(
            VmMachine.kernel(
                    room,
                    "provision-another",
                    factory.mediumUki(VmFactory.PROVISION),
                    "root=soci:name=mosboot mos.mode=provision mos.flags=insecure")
                .tpm(another)
                .disk(medium),
            "another machine is provisioned",
            "kernel")) {
      guest.ends(MachineEnd.POWERED_DOWN);
    }
    try (VmGuest guest = started(machine, "in another machine", another)) {
      guest.refuses("/dev/vda");
    }
    try (VmGuest guest = started(machine, "in its own machine again", machine.tpm())) {
      guest.ready();
    }
  }

  private VmGuest started(VmMachine machine, String name, Path tpm) {
    var builder =
        VmMachine.kernel(
                room,
                name.replace(' ', '-'),
                factory.uki(VmFactory.FIRST),
                "root=soci:name=mosboot mos.bootkit=" + VmFactory.FIRST)
            .disk(machine.disk());
    return new VmGuest(Files.exists(tpm) ? builder.tpm(tpm) : builder, "disk " + name, "kernel");
  }

  @Test
  void aSecondDiskWithOurPartitionsIsNotGuessedAbout() {
    VmMachine machine = factory.golden().copy(room, "machine");
    Disk other = factory.golden().copy(room, "other").disk();
    try (VmGuest guest =
        new VmGuest(
            machine
                .kernel(room, "second-disk", VmFactory.FIRST)
                .disk(new Disk(other.image(), other.format(), "second", false)),
            "a second disk with our labels",
            "kernel")) {
      guest.refuses("several disks", "/dev/vda", "/dev/vdb");
    }
  }

  @Test
  void theUkiOfAnotherSystemIsGivenNoneOfThisMachine() {
    VmMachine machine = factory.golden().copy(room, "machine");
    try (VmGuest guest =
        new VmGuest(
            VmMachine.kernel(
                    room,
                    "another-system",
                    factory.uki(VmFactory.FIRST),
                    "root=soci:name=mosboot mos.bootkit=another")
                .tpm(machine.tpm())
                .disk(machine.disk()),
            "the UKI of another system",
            "kernel")) {
      guest.refuses("no installed system belongs to the bootkit another");
    }
  }

  @Test
  void anOlderUkiOpensNothingOnceTheCounterHasMoved() {
    VmMachine machine = factory.golden().copy(room, "machine");
    Path newer = factory.sign(room.file("newer.efi"), VmFactory.FIRST, "uki-production", 3, 3);
    try (VmGuest guest =
        new VmGuest(
            VmMachine.kernel(
                    room, "newer", newer, "root=soci:name=mosboot mos.bootkit=" + VmFactory.FIRST)
                .tpm(machine.tpm())
                .disk(machine.disk()),
            "a newer UKI moves the counter",
            "kernel")) {
      guest
          .machine()
          .cutPowerAfter("unlock volumes: ", java.time.Duration.ofMillis(1), VmGuest.BOOT);
    }
    try (VmGuest guest =
        new VmGuest(machine.kernel(room, "older", VmFactory.FIRST), "an older UKI", "kernel")) {
      guest.refuses("version");
    }
  }

  @Test
  void whatIsDamagedOnTheDiskIsRefusedAtItsLink() throws IOException {
    Map<String, Disk> damaged = damage();
    List<String> failures = new ArrayList<>();
    damaged.forEach(
        (name, disk) -> {
          VmMachine machine = new VmMachine(factory.golden().copy(room, name).place(), disk);
          try (VmGuest guest =
              new VmGuest(
                  machine.kernel(room, "boot-" + name, VmFactory.FIRST),
                  "damaged: " + name,
                  "kernel")) {
            guest.refuses(WORDS.get(name).toArray(String[]::new));
          } catch (AssertionError e) {
            failures.add(name + ": " + e.getMessage());
          }
        });
    if (!failures.isEmpty()) {
      throw new AssertionError(String.join("\n", failures));
    }
  }

  /**
   * Copies of the disk as it is after one damage each, all done in one boot of the machine: by
   * somebody who was root on it, or who knows the key.
   */
  private Map<String, Disk> damage() throws IOException {
    Map<String, Disk> damaged = new LinkedHashMap<>();
    VmMachine machine = factory.golden().copy(room, "damage");
    Disk tools = Disk.of(configurations(), "configurations").readOnlyDisk();
    try (VmGuest guest =
        new VmGuest(
            machine.kernel(room, "damage", VmFactory.FIRST).disk(tools),
            "eleven damages are done",
            "kernel")) {
      guest.ready();
      guest.shell("mount -o ro /dev/vdb /mnt && cp -a /config/manifest.git /tmp/good");
      String blobs = "/atomfs-cache/mos/blobs/sha256/";
      for (Map.Entry<String, Long> place : places().entrySet()) {
        String file = blobs + bottomLayer().getFileName();
        flip(guest, file, place.getValue());
        damaged.put(place.getKey(), snapshot(guest, machine, place.getKey()));
        flip(guest, file, place.getValue());
      }
      String image = blobs + VmImages.digest(factory.file("images/hostfs"), "1");
      flip(guest, image, 200);
      damaged.put("oci-manifest", snapshot(guest, machine, "oci-manifest"));
      flip(guest, image, 200);
      for (String name : configurationNames()) {
        guest.shell("rm -rf /config/manifest.git && cp -a /mnt/" + name + " /config/manifest.git");
        damaged.put(name, snapshot(guest, machine, name));
      }
      guest.machine().cutPower();
    }
    return damaged;
  }

  private static void flip(VmGuest guest, String file, long at) {
    guest.shell(flip(file, at) + " && sync");
  }

  /** A command that changes a byte, or changes it back. */
  static String flip(String file, long at) {
    return ("n=$(od -An -tu1 -j%d -N1 %s) && printf \"\\\\$(printf %%o $((n ^ 1)))\""
            + " | dd of=%s bs=1 seek=%d conv=notrunc status=none")
        .formatted(at, file, file, at);
  }

  /** The disk as it is now, of a machine that runs and has written what it had to write. */
  private Disk snapshot(VmGuest guest, VmMachine machine, String name) {
    guest.shell("sync");
    Path image = room.file(name + ".qcow2");
    Programs.run(List.of("cp", machine.disk().image().toString(), image.toString())).ok();
    return new Disk(image, Disk.Format.QCOW2, machine.disk().serial(), false);
  }

  private Path bottomLayer() throws IOException {
    return VmImages.layers(factory.file("images/hostfs"), "1").getFirst();
  }

  /** Where a layer's parts are: a file system, padded to a block, and its hash tree. */
  private Map<String, Long> places() throws IOException {
    try (FileChannel layer = FileChannel.open(bottomLayer())) {
      ByteBuffer superblock = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
      layer.read(superblock, 0);
      long verity = (superblock.getLong(40) + 4095) / 4096 * 4096;
      ByteBuffer magic = ByteBuffer.allocate(6);
      layer.read(magic, verity);
      if (!new String(magic.array(), java.nio.charset.StandardCharsets.US_ASCII).equals("verity")) {
        throw new AssertionError("no hash tree at " + verity);
      }
      Map<String, Long> places = new LinkedHashMap<>();
      places.put("file-system-superblock", 8L);
      places.put("layer-data", superblock.getLong(64) + 100); // its inodes
      places.put("verity-superblock", verity + 100); // its salt
      places.put("verity-tree", verity + 4096 + 10); // the topmost block
      return places;
    }
  }

  private static List<String> configurationNames() {
    return List.of(
        "install-manifest", "signature", "certificate", "system-manifest", "object", "authority");
  }

  /** A disk with configurations that differ from the machine's in one thing each. */
  private Path configurations() throws IOException {
    Path all = Files.createDirectories(room.file("configurations"));
    Path good = installed(factory, "1.0");
    for (String name : configurationNames()) {
      Programs.run(List.of("cp", "-a", good.toString(), all.resolve(name).toString())).ok();
    }
    commit(all.resolve("install-manifest"), ".yaml", 60);
    commit(all.resolve("signature"), ".yaml.signed", 60);
    commit(all.resolve("certificate"), ".pem", 300);
    commit(all.resolve("system-manifest"), "manifest.yaml", -1);
    Path object;
    try (Stream<Path> files = Files.walk(all.resolve("object/.git/objects"))) {
      object =
          files
              .filter(Files::isRegularFile)
              .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
    }
    flip(object, Files.size(object) / 2);
    VmFactory.remove(all.resolve("authority"));
    Workshop other = new Workshop(room.file("other-shop"));
    String url =
        other.published(
            "machine/acme:1.0",
            "complete",
            new Workshop.Entry("hostfs", "hostfs", "1", factory.source("hostfs", "1")),
            new Workshop.Entry("bootkit", "fs-only", "1", factory.source("bootkit", "1")));
    Path root = Files.createDirectories(room.file("other-root"));
    Programs.run(mosctl("install", "--root", root, "--ca", other.ca(), url)).ok();
    Programs.run(
            List.of("cp", "-a", root + "/config/manifest.git", all.resolve("authority").toString()))
        .ok();
    Path image = room.file("configurations.img");
    Programs.run(
            List.of("mke2fs", "-q", "-t", "ext4", "-d", all.toString(), image.toString(), "32M"))
        .ok();
    return image;
  }

  /** The configuration of a machine that has a manifest installed. */
  private Path installed(VmFactory factory, String manifest) throws IOException {
    Path root = Files.createDirectories(room.file("root-" + manifest));
    Path ca = factory.file("keys/acme/manifest-ca/cert.pem");
    String url = "oci:" + factory.zot() + ":machine/acme:" + manifest;
    Programs.run(mosctl("install", "--root", root, "--ca", ca, url)).ok();
    return root.resolve("config/manifest.git");
  }

  /** Changes one byte of a file, and has git say that this is so. */
  private static void commit(Path repository, String suffix, long at) throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(repository)) {
      file =
          files
              .filter(path -> path.toString().endsWith(suffix))
              .filter(path -> at < 0 || !path.endsWith("manifest.yaml"))
              .findFirst()
              .orElseThrow();
    }
    if (at < 0) {
      String text = Files.readString(file);
      int digit = text.indexOf("source");
      while (!Character.isDigit(text.charAt(digit))) { // another digit, and not something else
        digit++;
      }
      flip(file, digit);
    } else {
      flip(file, at);
    }
    String git = "git -c user.name=x -c user.email=x@x -c safe.directory='*' -C " + repository;
    Programs.run(List.of("sh", "-c", git + " commit -q -a -m x")).ok();
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 1;
    Files.write(file, bytes);
  }
}
