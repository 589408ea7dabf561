package mos.distribution.system;

import static mos.distribution.system.Programs.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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

/** The scenarios that the original's tests cover, on the linked images. */
final class MainJobTest {
  private static Workshop shop;
  private static Workshop.Entry hostfs;
  private static Workshop.Entry hostfs2;
  private static Workshop.Entry site;
  private static Workshop.Entry site2;
  private static String first;

  @TempDir Path temporary;
  private Host host;

  @BeforeAll
  static void publish(@TempDir Path directory) throws IOException {
    AsRoot.required();
    shop = new Workshop(directory.resolve("shop"));
    hostfs = entry("hostfs", "hostfs", "1.0", shop.image("hostfs:1", Map.of("etc/os", "one")));
    hostfs2 =
        entry(
            "hostfs",
            "hostfs",
            "2.0",
            shop.image("hostfs:2", Map.of("etc/os", "two"), "--format", "erofs"));
    site = entry("site", "fs-only", "1.0", shop.image("site:1", Map.of("index.html", "hello")));
    site2 =
        entry(
            "site",
            "fs-only",
            "1.1",
            shop.image("site:2", Map.of("index.html", "hello", "new.html", "new")));
    first = shop.published("machine/first:1", "complete", hostfs, site);
  }

  private static Workshop.Entry entry(String name, String type, String version, String source) {
    return new Workshop.Entry(name, type, version, source);
  }

  @BeforeEach
  void freshHost() throws IOException {
    host = new Host(temporary.resolve("root"), shop.ca());
  }

  @AfterEach
  void nothingIsLeftMounted() throws IOException {
    host.close();
  }

  private void install() {
    host.mosctlRun("install", first).ok();
  }

  @Test
  void publishMakesTheImageRepositoryAndTheInstallArtifact() throws IOException {
    String index = Files.readString(shop.zot().resolve("machine/first/index.json"));
    assertTrue(index.contains("\"org.opencontainers.image.ref.name\":\"1\""), index);
    assertTrue(Files.exists(shop.zot().resolve("mos/index.json")));
    assertTrue(Files.readString(shop.zot().resolve("machine/first/oci-layout")).contains("1.0.0"));
  }

  @Test
  void publishingTheSameAgainWritesNothing() throws IOException {
    Path manifest = shop.manifest("complete", hostfs, site);
    shop.publish("machine/twice:1", manifest).ok();
    var before = Tree.of(shop.zot());
    shop.publish("machine/twice:1", manifest).ok();
    assertEquals(before, Tree.of(shop.zot()));
  }

  @Test
  void skopeoReadsTheImagesThatPublishCopied() throws IOException {
    String digest =
        run(List.of(
                "jq",
                "-r",
                ".manifests[0].digest",
                shop.zot().resolve("mos/index.json").toString()))
            .ok()
            .out()
            .strip();
    String tag = digest.substring("sha256:".length());
    run(List.of("skopeo", "inspect", "--raw", "oci:" + shop.zot().resolve("mos") + ":" + tag)).ok();
  }

  @Test
  void installedSystemIsAGitRepositoryThatFsckAccepts() {
    install();
    String git = host.path("config/manifest.git").toString();
    run(List.of("git", "-C", git, "fsck", "--strict")).ok();
    assertEquals("", run(List.of("git", "-C", git, "status", "--porcelain")).ok().out());
    String files = run(List.of("git", "-C", git, "ls-tree", "--name-only", "master")).ok().out();
    assertTrue(
        files.matches(
            "(?s)[0-9a-f]{64}\\.pem\n[0-9a-f]{64}\\.yaml\n[0-9a-f]{64}\\.yaml\\.signed\nmanifest\\.yaml\n"),
        files);
  }

  @Test
  void installOntoAnInstalledSystemIsRefused() throws IOException {
    install();
    var before = Tree.of(host.root());
    host.mosctlRun("install", first).ends(2).says("install");
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void readOnlyBootFileSystemShowsHostfsAndRefusesWrites() throws IOException {
    install();
    Path dest = host.path("sysroot");
    host.initrd("create-boot-fs", "--dest", dest, "--readonly").ok();
    assertEquals("one", Files.readString(dest.resolve("etc/os")));
    assertThrows(IOException.class, () -> Files.writeString(dest.resolve("etc/os"), "changed"));
    host.initrd("umount", dest).ok();
    assertEquals(List.of(), host.mounts());
    assertEquals(List.of(), host.loops());
  }

  @Test
  void writableBootFileSystemKeepsWhatIsWrittenOverMounts() throws IOException {
    install();
    Path dest = host.path("sysroot");
    host.initrd("create-boot-fs", "--dest", dest).ok();
    Files.writeString(dest.resolve("etc/written"), "kept");
    host.initrd("umount", dest).ok();
    host.initrd("create-boot-fs", "--dest", dest).ok();
    assertEquals("kept", Files.readString(dest.resolve("etc/written")));
    host.initrd("umount", dest).ok();
    assertEquals(List.of(), host.mounts());
  }

  @Test
  void lesson38BootingTwiceOntoOneDestinationDoesNotStackMounts() throws IOException {
    install();
    Path dest = host.path("sysroot");
    host.initrd("create-boot-fs", "--dest", dest).ok();
    int mounts = host.mounts().size();
    Programs.Run again = host.initrd("create-boot-fs", "--dest", dest);
    assertTrue(again.status() == 0 || again.status() == 6, again.toString());
    assertEquals(mounts, host.mounts().size());
    host.initrd("umount", dest).ok();
    assertEquals(List.of(), host.mounts());
  }

  @Test
  void umountOfNothingIsDone() {
    install();
    host.mosctlRun("umount", host.path("sysroot")).ok();
  }

  @Test
  void manifestAlteredAndCommittedOnTheHostIsRefusedAtBoot() throws IOException {
    install();
    Path git = host.path("config/manifest.git");
    for (Path file : files(git, ".yaml")) {
      Files.writeString(file, Files.readString(file).replace("\"1.0\"", "\"1.1\""));
    }
    run(List.of(
            "git",
            "-C",
            git.toString(),
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x",
            "commit",
            "-qam",
            "altered"))
        .ok();
    host.initrd("create-boot-fs").ends(4).says("create-boot-fs");
    assertEquals(List.of(), host.mounts());
  }

  @Test
  void dirtyWorkTreeIsIgnored() throws IOException {
    install();
    Path git = host.path("config/manifest.git");
    Files.writeString(git.resolve("manifest.yaml"), "not a manifest");
    host.initrd("create-boot-fs").ok();
    host.initrd("umount", host.path("sysroot")).ok();
  }

  @Test
  void lesson36DamagedServiceImageDoesNotKeepTheHostFromBooting() throws IOException {
    install();
    // Every blob that hostfs does not need goes away.
    String keep = Files.readString(shop.zot().resolve("machine/first/index.json"));
    assertFalse(keep.isEmpty());
    String served =
        run(List.of(
                "jq",
                "-r",
                ".manifests[].digest",
                host.path("atomfs-cache/mos/index.json").toString()))
            .ok()
            .out();
    for (String digest : served.lines().toList()) {
      Path manifest = host.path("atomfs-cache/mos/blobs/sha256/" + digest.substring(7));
      String layer =
          run(List.of("jq", "-r", ".layers[0].digest", manifest.toString())).ok().out().strip();
      Path blob = host.path("atomfs-cache/mos/blobs/sha256/" + layer.substring(7));
      if (!isHostfs(blob)) {
        Files.delete(blob);
      }
    }
    host.initrd("create-boot-fs").ok();
    host.initrd("umount", host.path("sysroot")).ok();
    assertTrue(host.mosctlRun("activate", "-t", "site").status() != 0);
  }

  private boolean isHostfs(Path blob) throws IOException {
    String source = shop.directory().resolve("images").toString();
    String name = Files.exists(Path.of(source, "hostfs")) ? source + "/hostfs" : source;
    String ref =
        run(List.of(
                "skopeo",
                "inspect",
                "--raw",
                "oci:" + name + ":" + (name.equals(source) ? "hostfs:1" : "1")))
            .ok()
            .out();
    return ref.contains(blob.getFileName().toString());
  }

  @Test
  void activatingTwiceStartsOnceAndThenLeavesTheServiceAlone() throws IOException {
    install();
    host.mosctlRun("activate", "-t", "site").ok();
    List<String> mounted = host.mounts();
    assertEquals("hello", Files.readString(host.path("mnt/atom/site/index.html")));
    Programs.Run again = host.mosctlRun("activate", "-t", "site", "--output", "json").ok();
    assertTrue(
        again.out().toLowerCase(java.util.Locale.ROOT).contains("unchanged"), again.toString());
    assertEquals(mounted, host.mounts());
    host.mosctlRun("umount", host.path("mnt/atom/site")).ok();
    assertEquals(List.of(), host.mounts());
    assertTrue(Files.notExists(host.path("mnt/atom/site")));
  }

  private void unmountSite() throws IOException {
    for (String point : host.mounts().reversed()) {
      if (host.mounts().contains(point)) {
        host.mosctlRun("umount", point);
        if (host.mounts().contains(point)) {
          run(List.of("umount", point)).ok();
        }
      }
    }
    assertEquals(List.of(), host.mounts());
  }

  @Test
  void completeUpdateChangesHostfsAndActivatesNothing() throws IOException {
    install();
    host.mosctlRun("activate", "-t", "site").ok();
    host.mosctlRun("update", shop.published("machine/second:1", "complete", hostfs2, site2)).ok();
    assertFalse(Files.exists(host.path("mnt/atom/site/new.html")));
    host.initrd("create-boot-fs").ok();
    assertEquals("two", Files.readString(host.path("sysroot/etc/os")));
    host.initrd("umount", host.path("sysroot")).ok();
    host.mosctlRun("activate", "-t", "site").ok();
    assertEquals("new", Files.readString(host.path("mnt/atom/site/new.html")));
    unmountSite();
  }

  @Test
  void partialUpdateAddsATargetAndKeepsHostfsWithItsManifest() throws IOException {
    install();
    Path git = host.path("config/manifest.git");
    List<Path> before = files(git, ".pem");
    Workshop.Entry extra =
        entry("extra", "fs-only", "1.0", shop.image("extra:1", Map.of("extra", "yes")));
    host.mosctlRun("update", shop.published("machine/partial:1", "partial", extra)).ok();
    assertEquals(before.size() + 1, files(git, ".pem").size());
    host.mosctlRun("activate", "-t", "extra").ok();
    assertEquals("yes", Files.readString(host.path("mnt/atom/extra/extra")));
    host.initrd("create-boot-fs", "--readonly").ok();
    assertEquals("one", Files.readString(host.path("sysroot/etc/os")));
    host.initrd("umount", host.path("sysroot")).ok();
    unmountSite();
  }

  @Test
  void lesson37UpdateWithNothingNewCommitsNothingAndSaysSo() throws IOException {
    install();
    var before = Tree.of(host.root());
    Programs.Run update = host.mosctlRun("update", first).ok();
    assertTrue((update.out() + update.err()).contains("nothing"), update.toString());
    assertEquals(before, Tree.of(host.root()));
  }

  @Test
  void mountOfAnInstalledTargetIsReadable() throws IOException {
    install();
    Path dest = host.path("look");
    host.mosctlRun("mount", "--target", "hostfs", "--dest", dest, "--readonly").ok();
    assertEquals("one", Files.readString(dest.resolve("etc/os")));
    host.mosctlRun("umount", dest).ok();
  }

  @Test
  void livecdIsMountedWithoutAnInstalledSystem() throws IOException {
    Workshop.Entry live =
        entry("livecd", "hostfs", "1.0", shop.image("livecd:1", Map.of("etc/os", "live")));
    String url = shop.published("machine/live:1", "complete", live);
    Path dest = host.path("live");
    host.mosctlRun("mount", "--dest", dest, "--readonly", url).ok();
    assertEquals("live", Files.readString(dest.resolve("etc/os")));
    assertThrows(IOException.class, () -> Files.writeString(dest.resolve("new"), "x"));
    host.mosctlRun("umount", dest).ok();
    host.mosctlRun("mount", "--dest", dest, url).ok();
    Files.writeString(dest.resolve("new"), "x");
    host.mosctlRun("umount", dest).ok();
    assertEquals(List.of(), host.mounts());
    assertFalse(Files.exists(host.path("config")), "mounting a livecd must not make a system");
  }

  @Test
  void statusTellsWhatIsInstalledAndWhatRuns() {
    install();
    Programs.Run status = host.mosctlRun("status", "--output", "json").ok();
    assertTrue(
        status.out().contains("\"apiVersion\":\"mos/v1\"")
            || status.out().contains("\"apiVersion\" : \"mos/v1\""),
        status.toString());
    assertTrue(status.out().contains("site") && status.out().contains("hostfs"), status.toString());
  }

  @Test
  void activatingHostfsSaysThatItMeansAReboot() {
    install();
    Programs.Run activate = host.mosctlRun("activate", "-t", "hostfs").ok();
    assertTrue((activate.out() + activate.err()).contains("reboot"), activate.toString());
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (var paths = Files.list(directory)) {
      return paths
          .filter(path -> path.toString().endsWith(suffix))
          .filter(path -> path.getFileName().toString().length() > 60)
          .sorted()
          .toList();
    }
  }
}
