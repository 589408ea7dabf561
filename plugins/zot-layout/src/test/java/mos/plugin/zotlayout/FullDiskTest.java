package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On an ext4 file system of 16 MiB. */
class FullDiskTest {
  @TempDir Path temp;

  private Path disk;

  @BeforeEach
  void mountDisk() throws IOException {
    Assumptions.assumeTrue(
        System.getProperty("user.name").equals("root"), "only root can mount a small disk");
    Path image = temp.resolve("disk.img");
    disk = Files.createDirectory(temp.resolve("disk"));
    Command.of("coreutils", "truncate", "-s", "16M", image).run();
    Command.of("e2fsprogs", "mkfs.ext4", "-q", "-m", "0", image).run();
    Command.of("mount", "mount", "-o", "loop", image, disk).run();
  }

  @AfterEach
  void unmountDisk() {
    if (disk != null) {
      Command.of("mount", "umount", disk).run();
    }
  }

  private ImageDestination store() {
    return new LayoutStoreProvider().open(disk.resolve("store")).begin();
  }

  private static BlobSource then(Bytes content, int half, Runnable meanwhile) {
    return new BlobSource() {
      @Override
      public String location() {
        return "test source";
      }

      @Override
      public InputStream open(long offset) {
        byte[] bytes = content.toArray();
        return new SequenceInputStream(
            new java.io.ByteArrayInputStream(bytes, 0, half),
            new InputStream() {
              private final InputStream rest =
                  new java.io.ByteArrayInputStream(bytes, half, bytes.length);

              @Override
              public int read() throws IOException {
                meanwhile.run();
                return rest.read();
              }

              @Override
              public int read(byte[] buffer, int from, int length) throws IOException {
                meanwhile.run();
                return rest.read(buffer, from, length);
              }
            });
      }
    };
  }

  private void fill() {
    Path filler = disk.resolve("filler");
    if (Files.exists(filler)) {
      return;
    }
    try (var out = Files.newOutputStream(filler)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
    }
  }

  private void fillToTheLastBlock() {
    fill();
    Command.of("coreutils", "sync", "-f", disk).run();
    try {
      for (int i = 0; ; i++) {
        Files.write(disk.resolve("filler-" + i), new byte[1]);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
    }
  }

  private static void assertFull(MosException failed, Path place, long needed) {
    assertEquals(ErrorCode.RESOURCE, failed.code());
    assertTrue(failed.getMessage().contains(place.toString()), failed.getMessage());
    assertTrue(failed.getMessage().contains(needed + " bytes are needed"), failed.getMessage());
    assertTrue(failed.getMessage().contains(" are free"), failed.getMessage());
  }

  @Test
  void tooLargeABlobIsRefusedBeforeItsFirstByte() throws Exception {
    Map<String, String> before = Images.tree(disk);
    BlobSource unread =
        then(
            Bytes.utf8(""),
            0,
            () -> {
              throw new UncheckedIOException(new IOException("was read"));
            });
    Descriptor blob = Descriptor.of(Images.LAYER, Bytes.utf8("").digest(), 64L << 20);
    try (ImageDestination into = store()) {
      MosException failed =
          assertThrows(MosException.class, () -> into.putBlob(blob, unread, EventSink.NONE));
      assertFull(failed, disk, 64L << 20);
    }
    assertEquals(before, Images.tree(disk));
  }

  @Test
  void aDiskThatFillsUpInTheMiddleOfAnImportKeepsNothingOfIt() throws Exception {
    Bytes content = Images.random(1, 4 << 20);
    Descriptor blob = Images.describe(Images.LAYER, content);
    try (ImageDestination into = store()) {
      Images.image(2, 100_000).put(into, Optional.empty());
      MosException failed =
          assertThrows(
              MosException.class,
              () -> into.putBlob(blob, then(content, 1 << 20, this::fill), EventSink.NONE));
      assertFull(failed, disk, 4 << 20);
    }
    assertFalse(Files.exists(disk.resolve("store")));
    Files.delete(disk.resolve("filler"));
    try (ImageDestination into = store()) {
      into.putBlob(blob, Images.source(content), EventSink.NONE);
      into.commit();
    }
    assertTrue(Files.exists(disk.resolve("store/mos/blobs/sha256/" + blob.digest().hex())));
  }

  @Test
  void aCommitThatTheDiskHasNoRoomForKeepsNothing() throws Exception {
    Path there = disk.resolve("store/mos");
    try (ImageDestination into = store()) {
      Images.image(3, 1000).put(into, Optional.empty());
      into.commit();
    }
    Map<String, String> before = Images.tree(there);
    try (ImageDestination into = store()) {
      Images.image(4, 1000).put(into, Optional.empty());
      fillToTheLastBlock();
      assertEquals(ErrorCode.RESOURCE, assertThrows(MosException.class, into::commit).code());
    }
    assertEquals(before, Images.tree(there));
  }
}
