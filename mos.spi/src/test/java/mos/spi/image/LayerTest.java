package mos.spi.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTest {
  private static final String HASH = "ab".repeat(32);
  private static final Descriptor PLAIN =
      Descriptor.of(MediaTypes.SQUASHFS_LAYER + "+zstd", Digest.of(new byte[0]), 4096);

  private static Layer layer(Map<String, String> annotations) {
    return Layer.of(PLAIN.withAnnotations(annotations));
  }

  @ParameterizedTest
  @ValueSource(strings = {MediaTypes.ROOT_HASH, MediaTypes.OLD_ROOT_HASH})
  void theRootHashIsReadFromEitherAnnotation(String annotation) {
    assertEquals(Optional.of(new RootHash(HASH)), layer(Map.of(annotation, HASH)).rootHash());
  }

  @Test
  void bothAnnotationsMayStandWhenTheyAgree() {
    Layer layer = layer(Map.of(MediaTypes.ROOT_HASH, HASH, MediaTypes.OLD_ROOT_HASH, HASH));
    assertEquals(Optional.of(new RootHash(HASH)), layer.rootHash());
  }

  @Test
  void annotationsThatDisagreeAreRefused() {
    Map<String, String> annotations =
        Map.of(MediaTypes.ROOT_HASH, HASH, MediaTypes.OLD_ROOT_HASH, "cd".repeat(32));
    assertThrows(InvalidFieldException.class, () -> layer(annotations));
  }

  @Test
  void aLayerMayHaveNone() {
    assertEquals(Optional.empty(), layer(Map.of()).rootHash());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "AB", "zz", "../"})
  void anythingElseIsNoRootHash(String hash) {
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> layer(Map.of(MediaTypes.ROOT_HASH, hash)));
    assertEquals("annotations", e.field());
  }

  @Test
  void anImageHasAtMost500Layers() {
    assertEquals(500, image(500).layers().size());
    assertEquals("layers", assertThrows(InvalidFieldException.class, () -> image(501)).field());
  }

  private static ImageManifest image(int layers) {
    List<Descriptor> list = Collections.nCopies(layers, PLAIN);
    return new ImageManifest(Optional.empty(), PLAIN, list, Optional.empty(), Map.of());
  }

  @Test
  void beforeOci11TheConfigurationsTypeSaidWhatAnArtifactIs() {
    assertEquals(PLAIN.mediaType(), image(0).effectiveArtifactType());
  }

  @Test
  void aNegativeSizeIsRefused() {
    Digest digest = PLAIN.digest();
    assertThrows(InvalidFieldException.class, () -> Descriptor.of("a/b", digest, -1));
  }
}
