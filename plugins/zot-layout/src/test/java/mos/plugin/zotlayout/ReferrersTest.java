package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.formats.ImageIndexFormat;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferrersTest {
  @TempDir Path temp;

  private final LayoutTransport transport = new LayoutTransport();
  private final Images.Image subject = Images.image(1, 10);
  private final Images.Image first =
      Images.artifact(MediaTypes.SIGNATURE, subject.descriptor(), "first");
  private final Images.Image second =
      Images.artifact(MediaTypes.SIGNATURE, subject.descriptor(), "second");
  private final Images.Image certificate =
      Images.artifact(MediaTypes.CERTIFICATE, subject.descriptor(), "certificate");

  @BeforeEach
  void putSubject() {
    put(subject, Optional.of("v1"));
  }

  private void put(Images.Image image, Optional<String> tag) {
    try (ImageDestination into = into()) {
      image.put(into, tag);
      into.commit();
    }
  }

  private ImageDestination into() {
    return transport.destination(Images.repository(temp, "r"), Importer.OPTIONS);
  }

  private ImageSource source() {
    return transport.source(Images.repository(temp, "r"), Importer.OPTIONS);
  }

  private List<?> digests(ImageSource source, String type) {
    return source.referrers(subject.manifest().digest(), type).stream()
        .map(Descriptor::digest)
        .toList();
  }

  @Test
  void areThoseOfTheSubjectAndTypeInTheOrderOfTheIndex() {
    put(second, Optional.empty());
    put(certificate, Optional.empty());
    put(first, Optional.empty());
    put(Images.artifact(MediaTypes.SIGNATURE, first.descriptor(), "of another"), Optional.empty());
    try (ImageSource source = source()) {
      assertEquals(
          List.of(second.manifest().digest(), first.manifest().digest()),
          digests(source, MediaTypes.SIGNATURE));
      assertEquals(
          List.of(certificate.manifest().digest()), digests(source, MediaTypes.CERTIFICATE));
      assertEquals(List.of(), digests(source, MediaTypes.INSTALL));
    }
  }

  @Test
  void haveTypeAndAnnotationsOfTheirManifest() {
    put(first, Optional.empty());
    try (ImageSource source = source()) {
      Descriptor found =
          source.referrers(subject.manifest().digest(), MediaTypes.SIGNATURE).getFirst();
      assertEquals(Optional.of(MediaTypes.SIGNATURE), found.artifactType());
      assertEquals(Map.of("note", "first"), found.annotations());
    }
  }

  @Test
  void thatAreAddedLaterAreSeenByAnOpenSource() {
    try (ImageSource source = source()) {
      assertEquals(List.of(), digests(source, MediaTypes.SIGNATURE));
      put(first, Optional.empty());
      assertEquals(List.of(first.manifest().digest()), digests(source, MediaTypes.SIGNATURE));
    }
  }

  @Test
  void areFoundUnderTheTagOfRegistriesWithoutThem() throws Exception {
    try (ImageDestination into = into()) {
      first.put(into, Optional.empty());
      into.commit();
    }
    Bytes list = ImageIndexFormat.write(new ImageIndex(List.of(first.descriptor()), Map.of()));
    Path layout = temp.resolve("r");
    Files.write(layout.resolve("blobs/sha256/" + list.digest().hex()), list.toArray());
    Files.writeString(
        layout.resolve("index.json"),
        Images.index(
            Images.entry(
                Images.describe(MediaTypes.INDEX, list),
                "sha256-" + subject.manifest().digest().hex())));
    try (ImageSource source = source()) {
      assertEquals(List.of(first.manifest().digest()), digests(source, MediaTypes.SIGNATURE));
    }
  }

  @Test
  void areFoundBesideADamagedManifest() throws Exception {
    put(second, Optional.empty());
    put(first, Optional.empty());
    Files.writeString(temp.resolve("r/blobs/sha256/" + second.manifest().digest().hex()), "{");
    StringBuilder said = new StringBuilder();
    EventSink events = event -> said.append(event);
    try (ImageSource source =
        transport.source(
            Images.repository(temp, "r"),
            new mos.spi.store.TransportOptions(false, Optional.empty(), events))) {
      assertEquals(List.of(first.manifest().digest()), digests(source, MediaTypes.SIGNATURE));
    }
    assertTrue(said.toString().contains(second.manifest().digest().hex()), said.toString());
  }
}
