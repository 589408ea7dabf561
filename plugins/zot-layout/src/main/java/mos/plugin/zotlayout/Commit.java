package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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

  Commit(Layout layout, LayoutFrame frame) {
    this.layout = layout;
    this.frame = frame;
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
      publish(blobs, entries, undo);
      undo.disarm();
      frame.keep();
    } catch (IOException e) {
      throw MosException.io("cannot write to " + layout.root(), e);
    }
  }

  /** Manifests after what they need, so that a crash in between leaves none that lacks a blob. */
  private static Set<Digest> inOrder(Set<Digest> blobs, Collection<Descriptor> entries) {
    Set<Digest> manifests = new LinkedHashSet<>();
    entries.forEach(entry -> manifests.add(entry.digest()));
    Set<Digest> order = new LinkedHashSet<>(blobs);
    order.removeAll(manifests);
    order.addAll(manifests);
    return order;
  }

  private void publish(Map<Digest, Partial> blobs, Collection<Descriptor> entries, UndoLog undo)
      throws IOException {
    IndexUpdate update = new IndexUpdate(layout, entries);
    try (Partial index = Partial.open(frame, layout, "index.json")) {
      if (!update.isEmpty()) {
        update.write(index);
      }
      for (Digest digest : inOrder(blobs.keySet(), entries)) {
        Partial blob = blobs.get(digest);
        if (blob != null) {
          publish(layout.blob(digest), blob, undo);
        }
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
}
