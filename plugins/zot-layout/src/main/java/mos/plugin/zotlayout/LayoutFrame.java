package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import mos.linux.Flock;
import mos.linux.LinuxException;
import mos.linux.Storage;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * The directories of a layout and its file {@code oci-layout}, which is also what writers lock:
 * they are made when the first thing is put, and those that this writer made go away with it unless
 * it keeps them.
 */
final class LayoutFrame {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TRIES = 100;

  private final Layout layout;
  private final boolean zot;
  private final Deque<Path> made = new ArrayDeque<>();
  private boolean madeMarker;

  /**
   * @param zot whether {@code .uploads} stays, as in a layout of zot's
   */
  LayoutFrame(Layout layout, boolean zot) {
    this.layout = layout;
    this.zot = zot;
  }

  /** Makes what is missing. Others may make it, or remove what they made, at the same time. */
  synchronized void make() {
    try {
      makeInside(layout.blobs());
      makeInside(layout.uploads());
      if (!Files.exists(layout.marker(), LinkOption.NOFOLLOW_LINKS)) {
        makeMarker();
      }
    } catch (IOException e) {
      throw MosException.io("cannot make the OCI layout " + layout.root(), e);
    }
  }

  private void makeInside(Path directory) throws IOException {
    for (int i = 0; ; i++) {
      makeDirectories(directory);
      try {
        requireInside(directory);
        return;
      } catch (NoSuchFileException e) {
        // Another writer was done with it and took it away before we could look: once more.
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  private void makeDirectories(Path directory) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      if (Files.isDirectory(directory)) {
        return;
      }
      Path parent = directory.getParent();
      if (parent != null) {
        makeDirectories(parent);
      }
      try {
        Files.createDirectory(directory);
        made.push(directory);
        return;
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(directory)) {
          throw e;
        }
      } catch (NoSuchFileException e) {
        // Another writer took its directories back in between: once more, from the top.
        Thread.onSpinWait();
      }
    }
  }

  private void requireInside(Path directory) throws IOException {
    if (!directory.toRealPath().startsWith(layout.root().toRealPath())) {
      throw MosException.refused(directory + ": leads out of the layout");
    }
  }

  /** Appears whole or not at all, and is never replaced: who holds its lock holds the layout's. */
  private void makeMarker() throws IOException {
    try (Partial whole = Partial.open(this, layout, "oci-layout")) {
      try (OutputStream out = whole.rewrite()) {
        out.write(Layout.MARKER.getBytes(StandardCharsets.UTF_8));
      }
      whole.flush();
      whole.publishNew(layout.marker());
      madeMarker = true;
    } catch (FileAlreadyExistsException e) {
      // Another writer's is as good.
      return;
    }
  }

  /** Takes the layout's lock, for as short as it takes to replace the index. */
  Flock lock() {
    for (int i = 0; i < TRIES; i++) {
      make();
      try {
        Optional<Flock> lock = Flock.lock(layout.marker(), Flock.Mode.EXCLUSIVE, false, PATIENCE);
        if (lock.isEmpty()) {
          break;
        }
        if (lock.get().isStill(layout.marker())) {
          return lock.get();
        }
        lock.get().close();
      } catch (LinuxException e) {
        if (e.errno() != LinuxException.ENOENT) {
          throw e;
        }
      }
    }
    throw new MosException(
        ErrorCode.BUSY,
        layout.root() + ": another program is writing to it; try again when it has ended");
  }

  /** Only zot has this directory: elsewhere it goes when nobody writes. */
  void removeUploads() {
    if (zot) {
      return;
    }
    try {
      removeEmpty(layout.uploads());
    } catch (IOException e) {
      throw MosException.io("cannot clean " + layout.root(), e);
    }
  }

  /** Makes durable that the directories exist. */
  synchronized void flush() {
    for (Path directory : List.copyOf(made)) {
      Path parent = directory.getParent();
      if (parent != null) {
        Storage.flush(parent);
      }
    }
  }

  /** What was made stays. */
  synchronized void keep() {
    made.clear();
    madeMarker = false;
  }

  /** Removes what was made, unless others use it by now. */
  synchronized void remove() throws IOException {
    if (madeMarker && !layout.exists()) {
      try (Flock _ = lock()) {
        if (!layout.exists() && isEmpty(layout.uploads()) && isEmpty(layout.blobs())) {
          Files.delete(layout.marker());
        }
      }
    }
    List<Path> directories = new ArrayList<>(made);
    keep();
    for (Path directory : directories) {
      removeEmpty(directory);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  private static void removeEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else put something into it.
      return;
    }
  }
}
