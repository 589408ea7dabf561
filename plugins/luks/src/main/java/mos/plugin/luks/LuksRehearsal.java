package mos.plugin.luks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import mos.formats.LuksMetadata;
import mos.formats.LuksMetadataFormat;
import mos.linux.ProgramFailedException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.Rehearsed;
import mos.spi.model.Bytes;
import mos.spi.unlock.Secret;

/** Opens a volume as far as a key comes that does not fit. */
public final class LuksRehearsal implements Rehearsed {
  private static final int SECTOR = 4096;

  /** For the service loader. */
  public LuksRehearsal() {}

  @Override
  public void rehearse(Path directory) throws IOException {
    Bytes zeros = Bytes.copyOf(new byte[Cryptsetup.PASSPHRASE]);
    var header = new BinaryHeader(new UUID(0, 1), new LuksMetadata(SECTOR, zeros, zeros, zeros));
    byte[] volume = new byte[LuksMetadataFormat.DATA_OFFSET + SECTOR];
    for (BinaryHeader.Place place : BinaryHeader.Place.values()) {
      byte[] content = header.toArray(place);
      System.arraycopy(content, 0, volume, place.offset(), content.length);
    }
    Path file = Files.write(directory.resolve("volume"), volume);
    try (Secret key = Secret.takeOver(new byte[Cryptsetup.PASSPHRASE])) {
      new LuksUnlocker().unlock(file, "mos-rehearsal", key);
    } catch (MosException e) {
      // The key does not fit, or, on a machine without device-mapper, cryptsetup sees no use in it.
      if (e.code() != ErrorCode.REFUSED && !(e instanceof ProgramFailedException)) {
        throw e;
      }
    }
  }
}
