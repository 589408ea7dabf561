package mos.plugin.zotlayout;

import java.nio.file.Path;
import mos.spi.store.ImageStore;
import mos.spi.store.ImageStoreProvider;

/** Keeps a host's images in {@code <store>/mos}. */
public final class LayoutStoreProvider implements ImageStoreProvider {
  /** For the service loader. */
  public LayoutStoreProvider() {}

  @Override
  public ImageStore open(Path directory) {
    return new LayoutStore(new Layout(directory.resolve("mos")));
  }
}
