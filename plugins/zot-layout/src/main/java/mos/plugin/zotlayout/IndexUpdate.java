package mos.plugin.zotlayout;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.formats.LayoutIndexFormat;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.model.Digest;

/**
 * What new manifests change in {@code index.json}, by zot's rules: a tag names one manifest, the
 * newest; a manifest without a tag is listed once; it is not listed without a tag beside an entry
 * with one. Entries of others are kept as they are.
 */
final class IndexUpdate {
  private final Layout layout;
  private final List<Descriptor> added;
  private final Set<String> names = new HashSet<>();
  private final Set<Digest> digests = new HashSet<>();
  private boolean removes;

  /** Looks at the index as it is now; the caller holds the layout's lock. */
  IndexUpdate(Layout layout, Collection<Descriptor> entries) {
    this.layout = layout;
    this.added = new ArrayList<>(entries);
    for (Descriptor entry : entries) {
      name(entry).ifPresent(names::add);
      digests.add(entry.digest());
    }
    List<Descriptor> there = new ArrayList<>();
    layout.entries(
        entry -> {
          if (digests.contains(entry.digest()) || name(entry).filter(names::contains).isPresent()) {
            there.add(entry);
          }
        });
    added.removeIf(entry -> there.stream().anyMatch(old -> covers(old, entry)));
    names.clear();
    digests.clear();
    for (Descriptor entry : added) {
      name(entry).ifPresent(names::add);
      if (name(entry).isPresent()) {
        digests.add(entry.digest());
      }
    }
    removes = there.stream().anyMatch(this::replaced);
  }

  private static Optional<String> name(Descriptor entry) {
    return Optional.ofNullable(entry.annotations().get(MediaTypes.REF_NAME));
  }

  private static boolean covers(Descriptor old, Descriptor entry) {
    return old.digest().equals(entry.digest())
        && (name(entry).isEmpty() || name(entry).equals(name(old)));
  }

  private boolean replaced(Descriptor old) {
    Optional<String> name = name(old);
    return name.isPresent() ? names.contains(name.get()) : digests.contains(old.digest());
  }

  /** Whether the index says all of it already. */
  boolean isEmpty() {
    return added.isEmpty() && !removes && layout.exists();
  }

  /** Writes the new index, flushed. */
  void write(Partial file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(file.rewrite())) {
      if (layout.exists()) {
        try (InputStream old = Files.newInputStream(layout.index())) {
          LayoutIndexFormat.copy(old, out, entry -> !replaced(entry), added);
        }
      } else {
        LayoutIndexFormat.write(out, added);
      }
    }
    file.flush();
  }
}
