package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTransportTest {
  @TempDir Path temp;

  private final LayoutTransport transport = new LayoutTransport();

  private ImageSource source(Path root, String name) {
    return transport.source(Images.repository(root, name), Importer.OPTIONS);
  }

  private ImageDestination destination(Path root, String name) {
    return transport.destination(Images.repository(root, name), Importer.OPTIONS);
  }

  private void put(Path root, String name, Images.Image image, String tag) {
    try (ImageDestination into = destination(root, name)) {
      image.put(into, Optional.ofNullable(tag));
      into.commit();
    }
  }

  private static ErrorCode code(Runnable action) {
    return assertThrows(MosException.class, action::run).code();
  }

  @Test
  void writesARepositoryAsZotDoesToTheByte() throws Exception {
    Images.Image image = Images.image(1, 5000);
    put(temp, "a/b", image, "v1");
    Path repository = temp.resolve("a/b");
    assertEquals(
        "{\"imageLayoutVersion\":\"1.0.0\"}", Images.text(repository.resolve("oci-layout")));
    assertEquals(
        Images.index(Images.entry(image.descriptor(), "v1")),
        Images.text(repository.resolve("index.json")));
    assertEquals(
        image.manifest(),
        Bytes.copyOf(
            Files.readAllBytes(
                repository.resolve("blobs/sha256/" + image.manifest().digest().hex()))));
    try (var uploads = Files.list(repository.resolve(".uploads"))) {
      assertEquals(0, uploads.count());
    }
  }

  @Test
  void skopeoReadsWhatWeWrite() throws Exception {
    Images.Image image = Images.image(2, 100_000, 3);
    put(temp.resolve("ours"), "", image, "v1");
    Path copy = temp.resolve("theirs");
    Command.of(
            "skopeo",
            "skopeo",
            "copy",
            "-q",
            "oci:" + temp.resolve("ours") + ":v1",
            "oci:" + copy + ":w")
        .run();
    for (Bytes layer : image.layers()) {
      assertEquals(
          layer.digest().hex(), Images.tree(copy).get("blobs/sha256/" + layer.digest().hex()));
    }
  }

  @Test
  void readsWhatSkopeoWrote() throws Exception {
    Images.Image image = Images.image(3, 70_000);
    Path layout = Images.layout(temp.resolve("hand"), "v1", image);
    Path theirs = temp.resolve("theirs");
    Command.of("skopeo", "skopeo", "copy", "-q", "oci:" + layout + ":v1", "oci:" + theirs + ":x-1")
        .run();
    try (ImageSource source = source(theirs, "")) {
      Descriptor found = source.resolve(new Selector.Tag("x-1")).orElseThrow();
      assertEquals(image.descriptor().digest(), found.digest());
      assertEquals(image.manifest(), source.manifest(found));
      Descriptor layer = Images.describe(Images.LAYER, image.layers().getFirst());
      assertEquals(image.layers().getFirst(), source.smallBlob(layer, 1 << 20));
    }
  }

  @Test
  void skopeoAndWeCanTakeTurnsInOneLayout() throws Exception {
    Images.Image first = Images.image(4, 1000);
    Images.Image second = Images.image(5, 1000);
    Path shared = temp.resolve("shared");
    Path hand = Images.layout(temp.resolve("hand"), "v1", first);
    Command.of("skopeo", "skopeo", "copy", "-q", "oci:" + hand + ":v1", "oci:" + shared + ":v1")
        .run();
    put(shared, "", second, "v2");
    Command.of("skopeo", "skopeo", "copy", "-q", "oci:" + hand + ":v1", "oci:" + shared + ":v3")
        .run();
    try (ImageSource source = source(shared, "")) {
      assertEquals(
          first.descriptor().digest(),
          source.resolve(new Selector.Tag("v1")).orElseThrow().digest());
      assertEquals(
          second.descriptor().digest(),
          source.resolve(new Selector.Tag("v2")).orElseThrow().digest());
      assertEquals(
          first.descriptor().digest(),
          source.resolve(new Selector.Tag("v3")).orElseThrow().digest());
    }
  }

  @Test
  void aPlainLayoutHasNoDirectoryOfZots() throws Exception {
    put(temp.resolve("plain"), "", Images.image(6, 10), "v1");
    assertFalse(Files.exists(temp.resolve("plain/.uploads")));
  }

  @Test
  void aMovedTagNamesTheNewManifestOnly() throws Exception {
    Images.Image second = Images.image(8, 10);
    put(temp, "r", Images.image(7, 10), "v1");
    put(temp, "r", second, "v1");
    assertEquals(
        Images.index(Images.entry(second.descriptor(), "v1")),
        Images.text(temp.resolve("r/index.json")));
  }

  @Test
  void aManifestWithoutATagIsListedOnceAndGivesWayToATaggedEntry() throws Exception {
    Images.Image image = Images.image(9, 10);
    Descriptor it = image.descriptor();
    put(temp, "r", image, null);
    put(temp, "r", image, null);
    String bare =
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(it.mediaType(), it.digest(), it.size());
    assertEquals(Images.index(bare), Images.text(temp.resolve("r/index.json")));
    put(temp, "r", image, "v1");
    put(temp, "r", image, null);
    assertEquals(Images.index(Images.entry(it, "v1")), Images.text(temp.resolve("r/index.json")));
  }

  @Test
  void keepsWhatItDoesNotKnowInTheIndex() throws Exception {
    Images.Image image = Images.image(10, 10);
    put(temp, "r", image, "v1");
    String foreign =
        "{\"mediaType\":\"x/y\",\"digest\":\"sha512:abc\",\"size\":1,\"urls\":[\"http://h\"],\"new\":{\"a\":[1.50,null]}}";
    String index =
        "{\"schemaVersion\":2,\"extra\":[1,2],\"manifests\":["
            + foreign
            + "],\"annotations\":{\"k\":\"v\"}}";
    Files.writeString(temp.resolve("r/index.json"), index);
    put(temp, "r", image, "v1");
    assertEquals(
        index.replace(foreign, foreign + "," + Images.entry(image.descriptor(), "v1")),
        Images.text(temp.resolve("r/index.json")));
  }

  /** Lesson 37. */
  @Test
  void whatIsThereAlreadyIsNotWrittenAgain() throws Exception {
    Images.Image image = Images.image(11, 10_000);
    put(temp, "r", image, "v1");
    Object before = FileState.of(temp.resolve("r/index.json"));
    put(temp, "r", image, "v1");
    assertEquals(before, FileState.of(temp.resolve("r/index.json")));
  }

  @Test
  void aMissingRepositoryIsNotFound() {
    assertEquals(ErrorCode.NOT_FOUND, code(() -> source(temp, "nothing").close()));
  }

  @Test
  void aDirectoryWithoutTheMarkerIsNoLayout() throws Exception {
    Images.layout(temp.resolve("l"), "v1", Images.image(12, 10));
    Files.delete(temp.resolve("l/oci-layout"));
    assertEquals(ErrorCode.INVALID, code(() -> source(temp.resolve("l"), "").close()));
  }

  @Test
  void aMalformedIndexIsInvalidAndNamed() throws Exception {
    Path layout = Images.layout(temp.resolve("l"), "v1", Images.image(13, 10));
    Files.writeString(layout.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[{}]}");
    try (ImageSource source = source(layout, "")) {
      MosException refused =
          assertThrows(MosException.class, () -> source.resolve(new Selector.Tag("v1")));
      assertEquals(ErrorCode.INVALID, refused.code());
      assertTrue(
          refused.getMessage().contains(layout.resolve("index.json") + ": manifests[0].mediaType"),
          refused.getMessage());
    }
  }

  @Test
  void anIndexBeyondTheLimitIsNotRead() throws Exception {
    Path layout = Images.layout(temp.resolve("l"), "v1", Images.image(14, 10));
    try (RandomAccessFile file =
        new RandomAccessFile(layout.resolve("index.json").toFile(), "rw")) {
      file.setLength(Layout.MAX_INDEX + 1);
    }
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.INVALID, code(() -> source.resolve(new Selector.Tag("v1"))));
    }
  }

  @Test
  void aTagThatMeansTwoManifestsIsNotGuessed() throws Exception {
    Images.Image image = Images.image(15, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Files.writeString(
        layout.resolve("index.json"),
        Images.index(
            Images.entry(image.descriptor(), "v1"),
            Images.entry(Images.image(16, 10).descriptor(), "v1")));
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.INVALID, code(() -> source.resolve(new Selector.Tag("v1"))));
    }
  }

  @Test
  void aManifestOfAnImageIndexIsFoundByItsDigestThoughTheLayoutDoesNotListIt() throws Exception {
    Images.Image image = Images.image(17, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Files.writeString(layout.resolve("index.json"), Images.index());
    try (ImageSource source = source(layout, "")) {
      assertEquals(
          Optional.of(
              Descriptor.of(
                  MediaTypes.MANIFEST, image.manifest().digest(), image.manifest().size())),
          source.resolve(new Selector.ByDigest(image.manifest().digest())));
      assertEquals(
          Optional.empty(),
          source.resolve(new Selector.ByDigest(image.layers().getFirst().digest())));
    }
  }

  @Test
  void aManifestWhoseBlobsAreMissingIsNotTaken() {
    Images.Image image = Images.image(18, 10);
    try (ImageDestination into = destination(temp, "r")) {
      assertEquals(
          ErrorCode.NOT_FOUND,
          code(() -> into.putManifest(image.descriptor(), image.manifest(), Optional.of("v1"))));
    }
  }

  /** Lesson 2. */
  @Test
  void aDamagedManifestIsRefused() throws Exception {
    Images.Image image = Images.image(19, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Path blob = layout.resolve("blobs/sha256/" + image.manifest().digest().hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[20] ^= 1;
    Files.write(blob, bytes);
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.REFUSED, code(() -> source.manifest(image.descriptor())));
      Files.write(blob, new byte[] {1});
      assertEquals(ErrorCode.REFUSED, code(() -> source.manifest(image.descriptor())));
      Files.delete(blob);
      assertEquals(ErrorCode.NOT_FOUND, code(() -> source.manifest(image.descriptor())));
    }
  }

  @Test
  void aManifestLargerThanMayBeIsInvalid() throws Exception {
    Path layout = Images.layout(temp.resolve("l"), "v1", Images.image(20, 10));
    try (ImageSource source = source(layout, "")) {
      Descriptor large =
          Descriptor.of(
              MediaTypes.MANIFEST, Images.image(20, 10).manifest().digest(), (4 << 20) + 1);
      assertEquals(ErrorCode.INVALID, code(() -> source.manifest(large)));
    }
  }

  @Test
  void aLinkOutOfTheLayoutIsNotFollowed() throws Exception {
    Images.Image image = Images.image(21, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Path blob = layout.resolve("blobs/sha256/" + image.manifest().digest().hex());
    Path outside = Files.move(blob, temp.resolve("outside"));
    Files.createSymbolicLink(blob, outside);
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.REFUSED, code(() -> source.manifest(image.descriptor())));
    }
  }

  @Test
  void aBlobsDirectoryThatLeadsOutOfTheLayoutIsNotFollowed() throws Exception {
    Images.Image image = Images.image(22, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Files.move(layout.resolve("blobs"), temp.resolve("elsewhere"));
    Files.createSymbolicLink(layout.resolve("blobs"), temp.resolve("elsewhere"));
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.REFUSED, code(() -> source.manifest(image.descriptor())));
    }
    try (ImageDestination into = destination(layout, "")) {
      assertEquals(
          ErrorCode.REFUSED, code(() -> Images.image(23, 10).put(into, Optional.of("v2"))));
    }
  }

  @Test
  void aLinkWithinTheLayoutIsFollowed() throws Exception {
    Images.Image image = Images.image(24, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Path blob = layout.resolve("blobs/sha256/" + image.manifest().digest().hex());
    Files.move(blob, layout.resolve("blobs/kept"));
    Files.createSymbolicLink(blob, layout.resolve("blobs/kept"));
    try (ImageSource source = source(layout, "")) {
      assertEquals(image.manifest(), source.manifest(image.descriptor()));
    }
  }

  @Test
  void aPipeInPlaceOfABlobIsRefusedAndNotWaitedFor() throws Exception {
    Images.Image image = Images.image(25, 10);
    Path layout = Images.layout(temp.resolve("l"), "v1", image);
    Path blob = layout.resolve("blobs/sha256/" + image.manifest().digest().hex());
    Files.delete(blob);
    Command.of("coreutils", "mkfifo", blob).run();
    try (ImageSource source = source(layout, "")) {
      assertEquals(ErrorCode.REFUSED, code(() -> source.manifest(image.descriptor())));
    }
  }
}
