package mos.plugin.zotlayout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.model.Digest;
import mos.spi.model.Target;
import org.jspecify.annotations.Nullable;

/**
 * Which manifests of a layout are attached to which. A layout has no list of them: every manifest
 * is read once and what it is attached to is remembered until the index changes. What clients leave
 * under the tag {@code sha256-<hex>} of a registry without such lists (distribution specification
 * 1.1, "Referrers Tag Schema") counts too.
 */
final class Referrers {
  private final Layout layout;
  private final EventSink events;
  private @Nullable FileState scanned;
  private Map<Digest, Map<Digest, Descriptor>> bySubject = Map.of();

  Referrers(Layout layout, EventSink events) {
    this.layout = layout;
    this.events = events;
  }

  /** Those of one subject and type, in the order of the index. */
  synchronized List<Descriptor> of(Digest subject, String artifactType) {
    FileState now = FileState.of(layout.index());
    if (!now.equals(scanned)) {
      bySubject = scan();
      scanned = now;
    }
    return bySubject.getOrDefault(subject, Map.of()).values().stream()
        .filter(referrer -> referrer.artifactType().equals(Optional.of(artifactType)))
        .toList();
  }

  private Map<Digest, Map<Digest, Descriptor>> scan() {
    Map<Digest, Map<Digest, Descriptor>> found = new HashMap<>();
    List<Descriptor> lists = new ArrayList<>();
    layout.entries(
        entry -> {
          if (ImageManifestFormat.isManifest(entry.mediaType())) {
            add(found, entry);
          } else if (ImageIndexFormat.isIndex(entry.mediaType())
              && entry.annotations().getOrDefault(MediaTypes.REF_NAME, "").startsWith("sha256-")) {
            lists.add(entry);
          }
        });
    for (Descriptor list : lists) {
      try {
        if (list.size() <= Target.MAX_IMAGE_MANIFEST) {
          ImageIndexFormat.parse(layout.read(list)).manifests().forEach(e -> add(found, e));
        }
      } catch (MosException e) {
        skipped(list, e);
      }
    }
    return found;
  }

  /** One damaged manifest must not hide what is attached to others. */
  private void add(Map<Digest, Map<Digest, Descriptor>> found, Descriptor entry) {
    if (entry.size() > Target.MAX_IMAGE_MANIFEST) {
      return;
    }
    try {
      ImageManifest manifest = ImageManifestFormat.parse(layout.read(entry));
      manifest
          .subject()
          .ifPresent(
              subject ->
                  found
                      .computeIfAbsent(subject.digest(), key -> new LinkedHashMap<>())
                      .putIfAbsent(entry.digest(), referrer(entry, manifest)));
    } catch (MosException e) {
      skipped(entry, e);
    }
  }

  private void skipped(Descriptor entry, MosException reason) {
    events.accept(
        new Event.Detail(
            layout.root()
                + ": "
                + entry.digest()
                + " is passed over in the search for attached manifests: "
                + reason.getMessage()));
  }

  private static Descriptor referrer(Descriptor entry, ImageManifest manifest) {
    Map<String, String> annotations = new TreeMap<>(entry.annotations());
    annotations.remove(MediaTypes.REF_NAME);
    annotations.putAll(manifest.annotations());
    return new Descriptor(
        entry.mediaType(),
        entry.digest(),
        entry.size(),
        annotations,
        Optional.of(manifest.effectiveArtifactType()),
        Optional.empty());
  }
}
