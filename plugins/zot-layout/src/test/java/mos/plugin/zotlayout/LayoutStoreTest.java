package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import mos.spi.store.ImageStoreProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutStoreTest {
  @TempDir Path temp;

  private final Images.Image image = Images.image(1, 20_000, 30);

  private ImageStore store() {
    return new LayoutStoreProvider().open(temp.resolve("store"));
  }

  @Test
  void isFoundAsAService() {
    assertTrue(
        LayoutStore.class.getModule().getDescriptor().provides().stream()
            .filter(service -> service.service().equals(ImageStoreProvider.class.getName()))
            .anyMatch(
                service -> service.providers().contains(LayoutStoreProvider.class.getName())));
  }

  @Test
  void tagsEveryManifestWithItsOwnDigestInTheDirectoryMos() throws Exception {
    try (ImageDestination into = store().begin()) {
      image.put(into, Optional.empty());
      into.commit();
    }
    assertEquals(
        Images.index(Images.entry(image.descriptor(), image.manifest().digest().toString())),
        Images.text(temp.resolve("store/mos/index.json")));
    try (ImageStore store = store()) {
      assertFalse(store.isEmpty());
      Descriptor found =
          store.resolve(new Selector.ByDigest(image.manifest().digest())).orElseThrow();
      assertEquals(image.manifest(), store.manifest(found));
    }
  }

  @Test
  void readsWhatTheOriginalLeft() throws Exception {
    Images.layout(temp.resolve("store/mos"), image.manifest().digest().toString(), image);
    try (ImageStore store = store()) {
      assertTrue(store.resolve(new Selector.ByDigest(image.manifest().digest())).isPresent());
      assertEquals(
          temp.toRealPath()
              .resolve("store/mos/blobs/sha256/" + image.layers().getFirst().digest().hex()),
          store.file(image.layers().getFirst().digest()));
    }
  }

  @Test
  void isEmptyAndHasNothingBeforeTheFirstImport() {
    try (ImageStore store = store()) {
      assertTrue(store.isEmpty());
      assertEquals(
          Optional.empty(), store.resolve(new Selector.ByDigest(image.manifest().digest())));
      assertEquals(
          ErrorCode.NOT_FOUND,
          assertThrows(MosException.class, () -> store.file(image.manifest().digest())).code());
    }
    assertFalse(Files.exists(temp.resolve("store")));
  }
}
