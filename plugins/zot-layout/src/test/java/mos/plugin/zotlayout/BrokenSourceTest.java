package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line that breaks for good, and the next run of the same command. */
class BrokenSourceTest {
  private static final int LIMIT = 3_000_000;

  @TempDir Path temp;

  private final Bytes content = content();
  private final Descriptor blob = Descriptor.of("application/x", content.digest(), content.size());

  private static Bytes content() {
    byte[] bytes = new byte[5_000_000];
    new java.util.Random(1).nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  private ImageStore store() {
    return new LayoutStoreProvider().open(temp.resolve("store"));
  }

  /** Sends everything; what it was asked for is written down. */
  private record Line(Bytes content, List<Long> asked) implements BlobSource {
    @Override
    public String location() {
      return "a line";
    }

    @Override
    public InputStream open(long offset) {
      asked.add(offset);
      return new ByteArrayInputStream(
          content.toArray(), (int) offset, (int) (content.size() - offset));
    }
  }

  @Test
  void theNextRunGoesOnWhereTheLineBroke() {
    BlobSource dead =
        new BlobSource() {
          private boolean broken;

          @Override
          public String location() {
            return "a line";
          }

          @Override
          public InputStream open(long offset) throws IOException {
            if (broken) {
              throw new MosException(ErrorCode.RESOURCE, "the registry is gone");
            }
            broken = true;
            return new InputStream() {
              private int at = (int) offset;

              @Override
              public int read() throws IOException {
                if (at == LIMIT) {
                  throw new IOException("the line is dead");
                }
                return content.toArray()[at++] & 0xff;
              }

              @Override
              public int read(byte[] into, int from, int length) throws IOException {
                if (at == LIMIT) {
                  throw new IOException("the line is dead");
                }
                int n = Math.min(length, LIMIT - at);
                System.arraycopy(content.toArray(), at, into, from, n);
                at += n;
                return n;
              }
            };
          }
        };
    try (ImageStore store = store();
        ImageDestination into = store.begin()) {
      MosException e =
          assertThrows(MosException.class, () -> into.putBlob(blob, dead, EventSink.NONE));
      assertEquals(ErrorCode.RESOURCE, e.code());
    }
    Line line = new Line(content, new ArrayList<>());
    try (ImageStore store = store();
        ImageDestination into = store.begin()) {
      into.putBlob(blob, line, EventSink.NONE);
      into.commit();
      assertTrue(into.contains(blob));
    }
    assertEquals(List.of((long) LIMIT), line.asked());
    assertFalse(Files.exists(temp.resolve("store/mos/.uploads")));
  }

  @Test
  void thereMustBeRoomForAllBlobsBeforeTheFirst() {
    try (ImageStore store = store();
        ImageDestination into = store.begin()) {
      Descriptor huge = Descriptor.of("application/x", content.digest(), Long.MAX_VALUE / 4);
      MosException e = assertThrows(MosException.class, () -> into.reserve(List.of(blob, huge)));
      assertEquals(ErrorCode.RESOURCE, e.code());
      assertTrue(String.valueOf(e.getMessage()).contains("not enough space"), e::toString);
    }
  }
}
