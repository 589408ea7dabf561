package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTransactionTest {
  @TempDir Path temp;

  private final Images.Image image = Images.image(1, 300_000, 30, 0);

  private ImageStore store() {
    return new LayoutStoreProvider().open(temp.resolve("deep/store"));
  }

  private void commit(Images.Image one) {
    try (ImageDestination into = store().begin()) {
      one.put(into, Optional.empty());
      into.commit();
    }
  }

  private Map<String, String> tree() throws IOException {
    return Images.tree(temp);
  }

  private void assertWhole(Images.Image one) throws IOException {
    try (ImageStore store = store()) {
      Descriptor found =
          store.resolve(new Selector.ByDigest(one.manifest().digest())).orElseThrow();
      assertEquals(one.manifest(), store.manifest(found));
      for (Bytes layer : one.layers()) {
        assertEquals(layer, Bytes.copyOf(Files.readAllBytes(store.file(layer.digest()))));
      }
    }
  }

  private static BlobSource sending(InputStream... parts) {
    List<InputStream> next = new ArrayList<>(List.of(parts));
    return new BlobSource() {
      @Override
      public String location() {
        return "test source";
      }

      @Override
      public InputStream open(long offset) {
        return next.removeFirst();
      }
    };
  }

  private static InputStream breakingOff(byte[] bytes) {
    return new SequenceInputStream(
        new ByteArrayInputStream(bytes),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is dead");
          }

          @Override
          public int read(byte[] buffer, int from, int length) throws IOException {
            return read();
          }
        });
  }

  private static MosException refused(ImageDestination into, Descriptor blob, BlobSource source) {
    return assertThrows(MosException.class, () -> into.putBlob(blob, source, EventSink.NONE));
  }

  @Test
  void nothingIsVisibleBeforeTheCommit() throws Exception {
    try (ImageDestination into = store().begin()) {
      image.put(into, Optional.empty());
      assertTrue(into.contains(image.descriptor()));
      try (ImageStore other = store()) {
        assertTrue(other.isEmpty());
        assertEquals(
            Optional.empty(), other.resolve(new Selector.ByDigest(image.manifest().digest())));
      }
      into.commit();
    }
    assertWhole(image);
  }

  /** Lesson 1. */
  @Test
  void closedWithoutCommitItLeavesNothingNotEvenDirectories() throws Exception {
    Map<String, String> before = tree();
    try (ImageDestination into = store().begin()) {
      image.put(into, Optional.empty());
    }
    assertEquals(before, tree());
  }

  @Test
  void closedWithoutCommitItKeepsWhatWasThereBefore() throws Exception {
    commit(Images.image(50, 100));
    Map<String, String> before = tree();
    try (ImageDestination into = store().begin()) {
      image.put(into, Optional.empty());
    }
    assertEquals(before, tree());
  }

  @Test
  void takenBackItDoesNotTouchWhatAnotherCommittedMeanwhile() throws Exception {
    try (ImageDestination first = store().begin()) {
      image.put(first, Optional.empty());
      commit(image);
    }
    assertWhole(image);
  }

  @Test
  void twoWritersOfTheSameImageBothSucceed() throws Exception {
    try (ImageDestination first = store().begin();
        ImageDestination second = store().begin()) {
      image.put(first, Optional.empty());
      image.put(second, Optional.empty());
      second.commit();
      first.commit();
    }
    assertWhole(image);
    assertFalse(Files.exists(temp.resolve("deep/store/mos/.uploads")));
  }

  @Test
  void twoWritersAtOnceDoNotLoseEachOthersImages() throws Exception {
    List<Images.Image> images = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> commits = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Images.Image one = Images.image(100 + i % 20, 2000, i % 20);
        images.add(one);
        commits.add(threads.submit(() -> commit(one)));
      }
      for (Future<?> commit : commits) {
        commit.get();
      }
    }
    for (Images.Image one : images) {
      assertWhole(one);
    }
  }

  @Test
  void aBlobThatAnotherProgramRemovedMeanwhileIsNotCommittedUpon() throws Exception {
    commit(image);
    Images.Image sharing = Images.image(1, 300_000, 31);
    try (ImageDestination into = store().begin()) {
      sharing.put(into, Optional.empty());
      Files.delete(store().file(image.layers().getFirst().digest()));
      assertEquals(ErrorCode.BUSY, assertThrows(MosException.class, into::commit).code());
    }
    try (ImageStore store = store()) {
      assertEquals(
          Optional.empty(), store.resolve(new Selector.ByDigest(sharing.manifest().digest())));
    }
  }

  /** Lesson 37. */
  @Test
  void aBlobThatIsThereIsNotCopied() {
    commit(image);
    List<Event> events = new ArrayList<>();
    try (ImageDestination into = store().begin()) {
      into.putBlob(
          Images.describe(Images.LAYER, image.layers().getFirst()), sending(), events::add);
    }
    assertEquals(
        List.of(new Event.BlobPresent(image.layers().getFirst().digest(), 300_000)), events);
  }

  @Test
  void aBlobOfTheWrongSizeIsReplaced() throws Exception {
    commit(image);
    Files.write(store().file(image.layers().getFirst().digest()), new byte[] {1});
    commit(image);
    assertWhole(image);
  }

  /** Lesson 37: what a crash left without an entry in the index is not taken for installed. */
  @Test
  void aManifestThatIsNotListedIsNotThere() throws Exception {
    commit(image);
    Files.writeString(temp.resolve("deep/store/mos/index.json"), Images.index());
    try (ImageDestination into = store().begin()) {
      assertFalse(into.contains(image.descriptor()));
      image.put(into, Optional.empty());
      into.commit();
      assertTrue(into.contains(image.descriptor()));
    }
  }

  @Test
  void aLocalFileIsCopiedByTheKernel() throws Exception {
    Bytes large = Images.random(7, (20 << 20) + 12345);
    Path file = Files.write(temp.resolve("large"), large.toArray());
    Descriptor blob = Images.describe(Images.LAYER, large);
    List<Event> events = new ArrayList<>();
    try (ImageDestination into = store().begin()) {
      into.putBlob(blob, Images.file(file), events::add);
      into.commit();
    }
    assertEquals(large, Bytes.copyOf(Files.readAllBytes(store().file(blob.digest()))));
    assertEquals(new Event.BlobProgress(blob.digest(), blob.size(), blob.size()), events.getLast());
  }

  /** Lesson 2. */
  @Test
  void aFileThatLiesAboutItsDigestIsRefusedAndLeavesNothing() throws Exception {
    for (int size : new int[] {1000, 17 << 20}) {
      Path file = Files.write(temp.resolve("file"), new byte[size]);
      Descriptor blob = Descriptor.of(Images.LAYER, Images.random(8, 10).digest(), size);
      Map<String, String> before = tree();
      try (ImageDestination into = store().begin()) {
        MosException refused = refused(into, blob, Images.file(file));
        assertEquals(ErrorCode.REFUSED, refused.code());
        assertTrue(refused.getMessage().contains(blob.digest().hex()), refused.getMessage());
        assertTrue(
            refused.getMessage().contains(Bytes.copyOf(new byte[size]).digest().hex()),
            refused.getMessage());
      }
      assertEquals(before, tree());
    }
  }

  /** Lesson 2. */
  @Test
  void aFileThatLiesAboutItsLengthIsRefusedAndLeavesNothing() throws Exception {
    Bytes content = Images.random(9, 1000);
    Path file = Files.write(temp.resolve("file"), content.toArray());
    Map<String, String> before = tree();
    for (int size : new int[] {999, 1001}) {
      try (ImageDestination into = store().begin()) {
        MosException refused =
            refused(into, Descriptor.of(Images.LAYER, content.digest(), size), Images.file(file));
        assertEquals(ErrorCode.REFUSED, refused.code());
        assertTrue(refused.getMessage().contains("has 1000 bytes, must have " + size));
      }
    }
    assertEquals(before, tree());
  }

  /** Lesson 2. */
  @Test
  void aSourceThatLiesAboutDigestOrLengthIsRefusedAndLeavesNothing() throws Exception {
    Bytes content = Images.random(10, 400_000);
    Map<String, String> before = tree();
    try (ImageDestination into = store().begin()) {
      Bytes other = Images.random(11, 400_000);
      Descriptor blob = Images.describe(Images.LAYER, content);
      assertEquals(ErrorCode.REFUSED, refused(into, blob, Images.source(other)).code());
      for (int size : new int[] {399_999, 400_001}) {
        Descriptor lying = Descriptor.of(Images.LAYER, content.digest(), size);
        assertEquals(ErrorCode.REFUSED, refused(into, lying, Images.source(content)).code());
      }
    }
    assertEquals(before, tree());
  }

  @Test
  void moreBytesThanTheDescriptorSaysAreNotWritten() throws Exception {
    Descriptor blob = Descriptor.of(Images.LAYER, Images.random(12, 1).digest(), 1000);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 7;
          }

          @Override
          public int read(byte[] buffer, int from, int length) {
            return length;
          }
        };
    try (ImageDestination into = store().begin()) {
      assertEquals(ErrorCode.REFUSED, refused(into, blob, sending(endless)).code());
    }
  }

  @Test
  void aSourceThatBreaksOffIsAskedForTheRest() throws Exception {
    byte[] content = Images.random(13, 900_000).toArray();
    Descriptor blob = Images.describe(Images.LAYER, Bytes.copyOf(content));
    List<Long> offsets = new ArrayList<>();
    BlobSource source =
        new BlobSource() {
          @Override
          public String location() {
            return "test source";
          }

          @Override
          public InputStream open(long offset) {
            offsets.add(offset);
            int until = Math.min(content.length, (int) offset + 400_000);
            byte[] part = Arrays.copyOfRange(content, (int) offset, until);
            return until == content.length ? new ByteArrayInputStream(part) : breakingOff(part);
          }
        };
    try (ImageDestination into = store().begin()) {
      into.putBlob(blob, source, EventSink.NONE);
      into.commit();
    }
    assertEquals(List.of(0L, 400_000L, 800_000L), offsets);
    assertEquals(
        Bytes.copyOf(content), Bytes.copyOf(Files.readAllBytes(store().file(blob.digest()))));
  }

  @Test
  void aSourceThatStaysBrokenIsGivenUpAndLeavesNothing() throws Exception {
    Map<String, String> before = tree();
    try (ImageDestination into = store().begin()) {
      MosException failed =
          refused(
              into,
              Descriptor.of(Images.LAYER, Images.random(14, 10).digest(), 10),
              sending(
                  breakingOff(new byte[0]), breakingOff(new byte[0]), breakingOff(new byte[0])));
      assertEquals(ErrorCode.RESOURCE, failed.code());
      assertTrue(failed.getMessage().contains("the line is dead"), failed.getMessage());
    }
    assertEquals(before, tree());
  }

  @Test
  void whatACrashedWriterReceivedIsNotAskedForAgain() throws Exception {
    byte[] content = Images.random(15, 100_000).toArray();
    Descriptor blob = Images.describe(Images.LAYER, Bytes.copyOf(content));
    leave(blob, Arrays.copyOf(content, 60_000));
    List<Long> offsets = new ArrayList<>();
    BlobSource source =
        new BlobSource() {
          @Override
          public String location() {
            return "test source";
          }

          @Override
          public InputStream open(long offset) {
            offsets.add(offset);
            return new ByteArrayInputStream(content, (int) offset, content.length);
          }
        };
    try (ImageDestination into = store().begin()) {
      into.putBlob(blob, source, EventSink.NONE);
      into.commit();
    }
    assertEquals(List.of(60_000L), offsets);
    assertEquals(
        Bytes.copyOf(content), Bytes.copyOf(Files.readAllBytes(store().file(blob.digest()))));
  }

  @Test
  void whatACrashedWriterLeftDamagedIsReceivedAnew() throws Exception {
    Bytes content = Images.random(16, 100_000);
    Descriptor blob = Images.describe(Images.LAYER, content);
    for (int left : new int[] {60_000, 100_000, 100_001}) {
      leave(blob, new byte[left]);
      try (ImageDestination into = store().begin()) {
        into.putBlob(blob, Images.source(content), EventSink.NONE);
        assertTrue(into.contains(blob));
      }
    }
  }

  /** Lesson 16. */
  @Test
  void whatACrashedWriterLeftIsRemovedByTheNextOne() throws Exception {
    leave(Descriptor.of(Images.LAYER, Images.random(17, 10).digest(), 10), new byte[5]);
    commit(image);
    assertFalse(Files.exists(temp.resolve("deep/store/mos/.uploads")));
    assertWhole(image);
  }

  @Test
  void whatALivingWriterHasIsNotRemoved() throws Exception {
    try (ImageDestination first = store().begin()) {
      image.put(first, Optional.empty());
      commit(Images.image(60, 10));
      first.commit();
    }
    assertWhole(image);
  }

  private void leave(Descriptor blob, byte[] content) throws IOException {
    Path uploads = Files.createDirectories(temp.resolve("deep/store/mos/.uploads"));
    Files.write(uploads.resolve(Partial.PREFIX + blob.digest().hex()), content);
  }

  @Test
  void aManifestWithTheWrongDigestIsRefused() {
    try (ImageDestination into = store().begin()) {
      MosException refused =
          assertThrows(
              MosException.class,
              () ->
                  into.putManifest(
                      image.descriptor(), Images.image(2, 10).manifest(), Optional.empty()));
      assertEquals(ErrorCode.REFUSED, refused.code());
    }
  }

  @Test
  void manyThreadsCanPutTheSameBlobs() throws Exception {
    try (ImageDestination into = store().begin();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> puts = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        puts.add(threads.submit(() -> image.put(into, Optional.empty())));
      }
      for (Future<?> put : puts) {
        put.get();
      }
      into.commit();
    }
    assertWhole(image);
  }
}
