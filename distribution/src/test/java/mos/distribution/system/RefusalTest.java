package mos.distribution.system;

import static mos.distribution.system.Programs.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must not be installed is refused with one line and the right status, and the root is byte
 * for byte as it was.
 */
final class RefusalTest {
  private static Workshop shop;
  private static Workshop.Entry hostfs;
  private static Workshop.Entry site;
  private static String first;

  @TempDir Path temporary;
  private Host host;

  @BeforeAll
  static void publish(@TempDir Path directory) throws IOException {
    AsRoot.required();
    shop = new Workshop(directory.resolve("shop"));
    hostfs =
        new Workshop.Entry(
            "hostfs", "hostfs", "1.0", shop.image("hostfs:1", Map.of("etc/os", "one")));
    site =
        new Workshop.Entry(
            "site", "fs-only", "1.0", shop.image("site:1", Map.of("index.html", "hello")));
    first = shop.published("machine/first:1", "complete", hostfs, site);
  }

  @BeforeEach
  void freshHost() throws IOException {
    host = new Host(temporary.resolve("root"), shop.ca());
    Files.writeString(host.path("precious"), "kept");
  }

  @AfterEach
  void nothingIsLeftMounted() throws IOException {
    host.close();
  }

  private void refused(int status, String url, String... words) throws IOException {
    var before = Tree.of(host.root());
    host.mosctlRun("install", url).ends(status).says(words);
    assertEquals(before, Tree.of(host.root()), "the root changed");
  }

  @Test
  void lesson1InstallWithAnotherAuthorityTouchesNothing() throws IOException {
    Workshop other = new Workshop(temporary.resolve("other"));
    var before = Tree.of(host.root());
    run(Programs.mosctl("install", "--root", host.root(), "--ca", other.ca(), first))
        .ends(4)
        .says("machine/first");
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void lesson3OnlyTheGivenAuthorityCounts() throws IOException {
    // The right one lies at the default place; the one asked for is another's.
    Path usual = host.path("factory/secure/manifestCA.pem");
    Files.createDirectories(usual.getParent());
    Files.copy(shop.ca(), usual);
    Workshop other = new Workshop(temporary.resolve("other"));
    var before = Tree.of(host.root());
    run(Programs.mosctl("install", "--root", host.root(), "--ca", other.ca(), first)).ends(4);
    assertEquals(before, Tree.of(host.root()));
    run(Programs.mosctl("install", "--root", host.root(), first)).ok();
  }

  @Test
  void aMountThatWouldHideWhatTheHostKeepsIsRefused() throws IOException {
    host.mosctlRun("install", first).ok();
    var before = Tree.of(host.root());
    for (String place : List.of("config", "atomfs-cache/mos", "scratch-writes", "run/mos/x", "")) {
      host.initrd("create-boot-fs", "--dest", host.path(place)).ends(2).says("--dest");
      host.mosctlRun("mount", "--dest", host.path(place)).ends(2).says("--dest");
    }
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void missingAuthorityIsNamedWithItsPath() throws IOException {
    var before = Tree.of(host.root());
    Programs.Run install = run(Programs.mosctl("install", "--root", host.root(), first));
    install.says("manifestCA.pem");
    assertEquals(5, install.status(), install.toString());
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void lesson2SourceWithADamagedBlobIsRefused() throws IOException {
    Path zot = copyOfRepositories();
    Path largest = blobs(zot.resolve("mos")).getLast();
    byte[] content = Files.readAllBytes(largest);
    content[content.length / 2] ^= 1;
    Files.write(largest, content);
    refused(
        4, "oci:" + zot + ":machine/first:1", largest.getFileName().toString().substring(0, 12));
  }

  @Test
  void sourceWithATruncatedBlobIsRefused() throws IOException {
    Path zot = copyOfRepositories();
    Path largest = blobs(zot.resolve("mos")).getLast();
    byte[] content = Files.readAllBytes(largest);
    Files.write(largest, java.util.Arrays.copyOf(content, content.length - 1));
    refused(
        4, "oci:" + zot + ":machine/first:1", largest.getFileName().toString().substring(0, 12));
  }

  @Test
  void sourceWithAMissingBlobIsNotFound() throws IOException {
    Path zot = copyOfRepositories();
    Path largest = blobs(zot.resolve("mos")).getLast();
    Files.delete(largest);
    refused(
        5, "oci:" + zot + ":machine/first:1", largest.getFileName().toString().substring(0, 12));
  }

  @Test
  void unknownTagAndUnknownRepositoryAreNotFound() throws IOException {
    refused(5, "oci:" + shop.zot() + ":machine/first:2", "machine/first:2");
    refused(5, "oci:" + shop.zot() + ":machine/none:1", "machine/none");
  }

  @Test
  void unsignedArtifactIsRefused() throws IOException {
    Path zot = copyOfRepositories();
    Path index = zot.resolve("machine/first/index.json");
    run(List.of(
            "sh",
            "-c",
            "jq -c '.manifests |= [.[] | select(.annotations[\"org.opencontainers.image.ref.name\"] == \"1\")]' "
                + index
                + " > "
                + index
                + ".new && mv "
                + index
                + ".new "
                + index))
        .ok();
    refused(4, "oci:" + zot + ":machine/first:1", "machine/first");
  }

  @Test
  void lesson6ManifestOfAnotherProductIsRefusedAtUpdate() throws IOException {
    host.mosctlRun("install", first).ok();
    shop.mosbOk("project", "add", Workshop.KEYSET, "other");
    Path manifest = shop.manifest("complete", hostfs, site);
    Files.writeString(
        manifest, Files.readString(manifest).replace("product: default", "product: other"));
    shop.mosbOk(
        "manifest",
        "publish",
        "--project",
        Workshop.KEYSET + ":other",
        "--repo",
        "oci:" + shop.zot(),
        "--name",
        "machine/other:1",
        manifest);
    var before = Tree.of(host.root());
    host.mosctlRun("update", shop.url("machine/other:1")).ends(4).says("product");
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void lesson7OlderManifestIsRefusedUnlessToldOtherwise() throws IOException {
    host.mosctlRun("install", first).ok();
    var newer = new Workshop.Entry("hostfs", "hostfs", "1.1", hostfs.source());
    String second = shop.published("machine/newer:1", "complete", newer, site);
    host.mosctlRun("update", second).ok();
    var before = Tree.of(host.root());
    host.mosctlRun("update", first).ends(4).says("--allow-downgrade");
    assertEquals(before, Tree.of(host.root()));
    host.mosctlRun("update", "--allow-downgrade", first).ok();
  }

  @Test
  void lesson15SecondUpdateIsBusyAndNamesTheOwner() throws Exception {
    host.mosctlRun("install", first).ok();
    Path lock = host.path("config/manifest.lock");
    Process holder =
        new ProcessBuilder("flock", "--exclusive", lock.toString(), "sleep", "60").start();
    try {
      Thread.sleep(300);
      String second =
          shop.published(
              "machine/busy:1",
              "complete",
              new Workshop.Entry("hostfs", "hostfs", "1.2", hostfs.source()));
      host.mosctlRun("update", second).ends(6).says("lock");
    } finally {
      holder.descendants().forEach(ProcessHandle::destroyForcibly);
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void twoUpdatesAtOnceEndDoneOrBusyAndTheSystemIsWhole() throws Exception {
    host.mosctlRun("install", first).ok();
    String second =
        shop.published(
            "machine/race:1",
            "complete",
            new Workshop.Entry("hostfs", "hostfs", "1.3", hostfs.source()),
            site);
    Process one =
        new ProcessBuilder(host.command("update", second)).redirectErrorStream(true).start();
    Process two =
        new ProcessBuilder(host.command("update", second)).redirectErrorStream(true).start();
    one.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    two.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    List<Integer> statuses = List.of(one.waitFor(), two.waitFor());
    assertTrue(
        statuses.stream().allMatch(status -> status == 0 || status == 6) && statuses.contains(0),
        statuses.toString());
    run(List.of("git", "-C", host.path("config/manifest.git").toString(), "fsck", "--strict")).ok();
    host.initrd("create-boot-fs", "--readonly").ok();
    host.initrd("umount", host.path("sysroot")).ok();
  }

  @Test
  void lesson28FlippedByteInALayerIsRefusedAtBoot() throws IOException {
    host.mosctlRun("install", first).ok();
    for (Path blob : blobs(host.path("atomfs-cache/mos"))) {
      byte[] good = Files.readAllBytes(blob);
      for (int at : new int[] {0, 50, good.length / 2, good.length - 40}) {
        byte[] bad = good.clone();
        bad[at] ^= 1;
        Files.write(blob, bad);
        Programs.Run boot = host.initrd("create-boot-fs", "--readonly");
        if (boot.status() == 0) {
          // A blob of the other service: hostfs does not need it.
          assertEquals("one", Files.readString(host.path("sysroot/etc/os")));
          host.initrd("umount", host.path("sysroot")).ok();
        } else {
          assertTrue(boot.status() == 3 || boot.status() == 4, blob + " at " + at + ": " + boot);
          boot.says(blob.getFileName().toString().substring(0, 12));
        }
        assertEquals(List.of(), host.mounts());
        Files.write(blob, good);
      }
    }
  }

  @Test
  void fullDiskInTheMiddleOfAnImportLeavesNothing() throws IOException {
    Path disk = Files.createDirectories(host.path("atomfs-cache"));
    run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString())).ok();
    try {
      byte[] noise = new byte[4 << 20];
      new java.util.Random(1).nextBytes(noise);
      Path layer = Files.createDirectories(temporary.resolve("big"));
      Files.write(layer.resolve("noise"), noise);
      String source = "oci:" + shop.directory().resolve("images") + ":big:1";
      shop.mosbOk("image", "build", "--output", source, layer);
      String url =
          shop.published(
              "machine/big:1", "complete", new Workshop.Entry("hostfs", "hostfs", "1.0", source));
      host.mosctlRun("install", url).ends(7).says("atomfs-cache");
      assertEquals(Map.of(), withoutRoot(Tree.of(disk)));
      assertFalse(Files.exists(host.path("config")));
      run(List.of("mount", "-o", "remount,size=20m", disk.toString())).ok();
      host.mosctlRun("install", url).ok();
    } finally {
      run(List.of("umount", "-l", disk.toString())).ok();
    }
  }

  private static Map<String, String> withoutRoot(Map<String, String> tree) {
    tree.remove("");
    return tree;
  }

  private Path copyOfRepositories() throws IOException {
    Path copy = temporary.resolve("zot");
    run(List.of("cp", "-a", shop.zot().toString(), copy.toString())).ok();
    return copy;
  }

  /** The blobs of a layout, smallest first. */
  private static List<Path> blobs(Path layout) throws IOException {
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      return blobs
          .sorted(java.util.Comparator.comparingLong(blob -> blob.toFile().length()))
          .toList();
    }
  }
}
