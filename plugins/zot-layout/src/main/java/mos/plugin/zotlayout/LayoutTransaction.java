package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;

/**
 * Adds to one OCI layout. Until it commits, everything is in {@code .uploads}: others see nothing
 * of it, and taking it back touches nothing of theirs.
 */
final class LayoutTransaction implements ImageDestination {
  /** What a manifest is called in the index. */
  @FunctionalInterface
  interface Naming {
    /** The reference name, if it has one. */
    Optional<String> name(Digest digest, Optional<String> tag);
  }

  private final Layout layout;
  private final String location;
  private final Naming naming;
  private final LayoutFrame frame;
  private final BlobWriter writer;
  private final Commit commit;
  private final Map<Digest, ReentrantLock> busy = new ConcurrentHashMap<>();
  private final Map<Digest, Partial> pending = new ConcurrentHashMap<>();
  private final Map<Digest, Descriptor> relied = new ConcurrentHashMap<>();
  private final Map<String, Descriptor> entries = new LinkedHashMap<>();
  private final Flushes flushes = new Flushes();
  private boolean closed;

  /**
   * @param location for messages
   * @param naming what manifests are called
   * @param zot whether an empty {@code .uploads} stays, as in a layout of zot's
   */
  LayoutTransaction(Layout layout, String location, Naming naming, boolean zot) {
    this.layout = layout;
    this.location = location;
    this.naming = naming;
    this.frame = new LayoutFrame(layout, zot);
    this.writer = new BlobWriter(layout, frame);
    this.commit = new Commit(layout, frame);
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean contains(Descriptor descriptor) {
    if (isPending(descriptor)) {
      return true;
    }
    boolean manifest =
        ImageManifestFormat.isManifest(descriptor.mediaType())
            || ImageIndexFormat.isIndex(descriptor.mediaType());
    return layout.has(descriptor) && (!manifest || isListed(descriptor.digest()));
  }

  private boolean isPending(Descriptor descriptor) {
    return pending.containsKey(descriptor.digest());
  }

  /**
   * A manifest that a crashed writer left without an entry is not there: it has to be put again.
   */
  private boolean isListed(Digest digest) {
    boolean[] listed = {false};
    layout.entries(entry -> listed[0] |= entry.digest().equals(digest));
    return listed[0];
  }

  @Override
  public void reserve(Collection<Descriptor> blobs) {
    long missing = 0;
    for (Descriptor blob : blobs) {
      missing += layout.has(blob) ? 0 : blob.size();
    }
    if (missing > 0) {
      writer.require(missing);
    }
  }

  @Override
  public void putBlob(Descriptor descriptor, BlobSource source, EventSink events) {
    requireOpen();
    ReentrantLock one = busy.computeIfAbsent(descriptor.digest(), key -> new ReentrantLock());
    one.lock();
    try {
      if (isPending(descriptor)) {
        events.accept(new Event.BlobPresent(descriptor.digest(), descriptor.size()));
      } else if (layout.has(descriptor)) {
        relied.put(descriptor.digest(), descriptor);
        events.accept(new Event.BlobPresent(descriptor.digest(), descriptor.size()));
      } else {
        Partial whole = writer.receive(descriptor, source, events);
        pending.put(descriptor.digest(), whole);
        flushes.begin(whole, descriptor.size());
      }
    } finally {
      one.unlock();
    }
  }

  @Override
  public void putManifest(Descriptor descriptor, Bytes bytes, Optional<String> tag) {
    requireOpen();
    if (bytes.size() != descriptor.size() || !bytes.digest().equals(descriptor.digest())) {
      throw MosException.refused(
          location
              + ": a manifest must have "
              + descriptor.size()
              + " bytes and the digest "
              + descriptor.digest()
              + "; it has "
              + bytes.size()
              + " and "
              + bytes.digest());
    }
    for (Descriptor part : parts(descriptor, bytes)) {
      requireThere(descriptor, part);
    }
    putBlob(descriptor, new BytesBlob(location, bytes), EventSink.NONE);
    Optional<String> name = naming.name(descriptor.digest(), tag);
    Descriptor entry =
        Descriptor.of(descriptor.mediaType(), descriptor.digest(), descriptor.size())
            .withAnnotations(name.map(n -> Map.of(MediaTypes.REF_NAME, n)).orElse(Map.of()));
    synchronized (entries) {
      entries.put(name.orElse(descriptor.digest().toString()), entry);
    }
  }

  private record BytesBlob(String location, Bytes bytes) implements BlobSource {
    @Override
    public InputStream open(long offset) throws IOException {
      InputStream in = bytes.stream();
      in.skipNBytes(offset);
      return in;
    }
  }

  private List<Descriptor> parts(Descriptor descriptor, Bytes bytes) {
    if (ImageIndexFormat.isIndex(descriptor.mediaType())) {
      return ImageIndexFormat.parse(bytes).manifests();
    }
    if (!ImageManifestFormat.isManifest(descriptor.mediaType())) {
      throw MosException.invalid(
          location + ": '" + descriptor.mediaType() + "' is neither a manifest nor an index");
    }
    ImageManifest manifest = ImageManifestFormat.parse(bytes);
    List<Descriptor> parts = new ArrayList<>(manifest.layers());
    parts.add(manifest.config());
    return parts;
  }

  private void requireThere(Descriptor manifest, Descriptor part) {
    if (isPending(part)) {
      return;
    }
    if (!layout.has(part)) {
      throw MosException.notFound(
          location + ": the manifest " + manifest.digest() + " needs " + part.digest());
    }
    relied.put(part.digest(), part);
  }

  @Override
  public void commit() {
    requireOpen();
    synchronized (entries) {
      flushes.await();
      commit.run(pending, relied.values(), entries.values());
      pending.values().forEach(Partial::close);
      pending.clear();
      relied.clear();
      entries.clear();
    }
    tidy();
  }

  private void tidy() {
    if (!writer.isInterrupted()) {
      Partial.sweep(layout);
    }
    frame.removeUploads();
  }

  private void requireOpen() {
    if (closed) {
      throw new MosException(ErrorCode.INTERNAL, location + ": is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    flushes.close();
    try {
      pending.values().forEach(Partial::close);
      tidy();
      frame.remove();
    } catch (IOException e) {
      throw MosException.io("cannot take back what was added to " + location, e);
    }
  }
}
