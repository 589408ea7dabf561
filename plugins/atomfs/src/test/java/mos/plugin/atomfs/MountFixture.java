package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import mos.linux.MountTable;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.RootHash;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;
import mos.spi.verify.Verifier;

/**
 * Real layers made by the real tools, in a directory of blobs, and images of them that a gate has
 * let pass.
 */
final class MountFixture {
  private final Path directory;

  MountFixture(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /** A squashfs layer that holds these files. */
  Descriptor squashfs(Map<String, String> files) throws IOException, InterruptedException {
    Path content = content(files);
    Path image = Files.createTempFile(directory, "image", ".squashfs");
    Files.delete(image);
    VerityFixture.run("mksquashfs", content, image, "-no-progress", "-quiet", "-all-root");
    return blob(image, MediaTypes.SQUASHFS_LAYER);
  }

  /** An erofs layer that holds these files. */
  Descriptor erofs(Map<String, String> files) throws IOException, InterruptedException {
    Path image = Files.createTempFile(directory, "image", ".erofs");
    VerityFixture.run("mkfs.erofs", "-zlz4hc", image, content(files));
    return blob(image, MediaTypes.EROFS_LAYER);
  }

  private Path content(Map<String, String> files) throws IOException {
    Path content = Files.createTempDirectory(directory, "content");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = content.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return content;
  }

  private Descriptor blob(Path image, String mediaType) throws IOException {
    RootHash root;
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      root = VerityFormat.append(channel, image.toString());
    }
    Digest digest = Digest.of(Files.readAllBytes(image));
    Files.move(image, file(digest));
    return Descriptor.of(mediaType, digest, Files.size(file(digest)))
        .withAnnotations(Map.of(MediaTypes.ROOT_HASH, root.hex()));
  }

  Path file(Digest digest) {
    return directory.resolve(digest.hex());
  }

  /** An image of these layers, bottom first. */
  static VerifiedImage image(Descriptor... layers) {
    StringBuilder name = new StringBuilder();
    List.of(layers).forEach(layer -> name.append(layer.digest()));
    Bytes bytes = Bytes.utf8(name.toString());
    Target target =
        new Target(
            "web",
            "1",
            ServiceType.FS_ONLY,
            Network.HOST,
            NamespaceGroup.HOST,
            bytes.digest(),
            bytes.size(),
            List.of());
    InstallManifest manifest =
        new InstallManifest(1, "p", List.of(), List.of(target), UpdateType.COMPLETE);
    Descriptor config = Descriptor.of(MediaTypes.CONFIG, bytes.digest(), 2);
    ImageManifest image =
        new ImageManifest(Optional.empty(), config, List.of(layers), Optional.empty(), Map.of());
    VerificationGate gate =
        new VerificationGate(
            List.of(new Everybody()),
            new TrustAnchors("test", Bytes.utf8("")),
            received -> manifest,
            received -> image,
            Clock.systemUTC());
    SignedDocument document = new SignedDocument("test", Bytes.utf8("m"), List.of(), List.of());
    VerifiedManifest verified = gate.admit(document, Purpose.ACCEPT, Optional.empty());
    return gate.admit(verified, "web", "test", bytes);
  }

  /** The mounts and loop devices that have to do with a directory. */
  static List<String> leftovers(Path below) throws IOException {
    List<String> left = new ArrayList<>();
    for (MountTable.Entry entry : MountTable.current().entries()) {
      if (entry.point().startsWith(below)) {
        left.add(entry.point().toString());
      }
    }
    try (var devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        if (backing(device).startsWith(below.toString())) {
          left.add(device.toString());
        }
      }
    }
    return left;
  }

  /**
   * What is left when the kernel is done: it removes device-mapper devices, and then the loop
   * devices below them, a moment after their last user went.
   */
  static List<String> lasting(Path below) throws IOException, InterruptedException {
    List<String> left = leftovers(below);
    for (int i = 0; i < 200 && !left.isEmpty(); i++) {
      Thread.sleep(50);
      left = leftovers(below);
    }
    return left;
  }

  private static String backing(Path loop) {
    try {
      return Files.readString(loop.resolve("loop/backing_file"));
    } catch (IOException e) {
      // It shows no file, or does so no longer.
      return "";
    }
  }

  private static final class Everybody implements Verifier {
    @Override
    public String name() {
      return "everybody";
    }

    @Override
    public boolean applies(SignedDocument document) {
      return true;
    }

    @Override
    public Signatory verify(
        SignedDocument document, TrustAnchors anchors, Purpose purpose, Instant now) {
      return new Signatory(new UUID(0, 0), Bytes.utf8(""), Bytes.utf8(""));
    }
  }
}
