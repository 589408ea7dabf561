package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import mos.linux.Flock;
import mos.linux.Storage;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.image.Descriptor;
import mos.spi.model.Digest;

/**
 * Makes what a transaction has put visible at once, under the layout's lock: blobs get their names,
 * those names are flushed, and only then does the index list what needs them.
 */
final class Commit {
  private final Layout layout;
  private final LayoutFrame frame;
  private final boolean zot;

  Commit(Layout layout, LayoutFrame frame, boolean zot) {
    this.layout = layout;
    this.frame = frame;
    this.zot = zot;
  }

  /**
   * Commits.
   *
   * @param blobs flushed
   * @param relied what was there when it was put
   * @param entries what the index is to list
   */
  void run(
      Map<Digest, Partial> blobs, Collection<Descriptor> relied, Collection<Descriptor> entries) {
    if (blobs.isEmpty() && entries.isEmpty()) {
      return;
    }
    try (Flock _ = frame.lock();
        UndoLog undo = new UndoLog()) {
      for (Descriptor needed : relied) {
        if (!layout.has(needed)) {
          throw new MosException(
              ErrorCode.BUSY,
              layout.root() + ": another program removed " + needed.digest() + "; try again");
        }
      }
      publish(blobs, new IndexUpdate(layout, entries), undo);
      undo.disarm();
      frame.keep();
    } catch (IOException e) {
      throw MosException.io("cannot write to " + layout.root(), e);
    }
  }

  private void publish(Map<Digest, Partial> blobs, IndexUpdate update, UndoLog undo)
      throws IOException {
    try (Partial index = Partial.open(frame, layout, "index.json")) {
      if (!update.isEmpty()) {
        update.write(index);
      }
      for (Map.Entry<Digest, Partial> blob : blobs.entrySet()) {
        publish(layout.blob(blob.getKey()), blob.getValue(), undo);
      }
      if (!blobs.isEmpty()) {
        Storage.flush(layout.blobs());
      }
      frame.flush();
      if (!update.isEmpty()) {
        index.publish(layout.index());
        Storage.flush(layout.root());
      }
    }
    if (!zot) {
      removeUploads();
    }
  }

  private void publish(Path name, Partial blob, UndoLog undo) throws IOException {
    boolean exists = Files.exists(name);
    // Another writer may have been faster.
    if (exists && Files.size(name) == blob.channel().size()) {
      return;
    }
    blob.publish(name);
    if (!exists) {
      undo.push("remove " + name, () -> Files.deleteIfExists(name));
    }
  }

  /** Only zot has this directory; it goes when nobody else writes. */
  private void removeUploads() throws IOException {
    try {
      Files.deleteIfExists(layout.uploads());
    } catch (DirectoryNotEmptyException e) {
      // Somebody else is writing.
      return;
    }
  }
}
