package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;

/** A blob in a layout. */
record FileBlob(Layout layout, Digest digest) implements BlobSource {
  @Override
  public String location() {
    return layout.blob(digest).toString();
  }

  @Override
  public InputStream open(long offset) throws IOException {
    Path file = file().orElseThrow(() -> new NoSuchFileException(location()));
    InputStream in = Files.newInputStream(file);
    try {
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public Optional<Path> file() {
    return layout.find(digest);
  }
}
