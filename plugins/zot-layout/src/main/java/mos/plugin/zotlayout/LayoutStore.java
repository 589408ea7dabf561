package mos.plugin.zotlayout;

import java.nio.file.Path;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.model.Digest;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;

/**
 * The images of a host: one layout, in which every manifest is tagged with its own digest, {@code
 * sha256:<hex>}, as the original has it.
 */
final class LayoutStore extends LayoutSource implements ImageStore {
  LayoutStore(Layout layout) {
    super(layout, layout.root().toString(), EventSink.NONE);
  }

  @Override
  public Path file(Digest digest) {
    return layout()
        .find(digest)
        .orElseThrow(() -> MosException.notFound(location() + ": has no " + digest));
  }

  /** What an interrupted import may have left is no image of this host. */
  @Override
  Optional<Descriptor> unlisted(Digest digest) {
    return Optional.empty();
  }

  @Override
  public boolean isEmpty() {
    boolean[] any = {false};
    layout().entries(entry -> any[0] = true);
    return !any[0];
  }

  @Override
  public ImageDestination begin() {
    return new LayoutTransaction(
        layout(), location(), (digest, tag) -> Optional.of(digest.toString()), false);
  }
}
