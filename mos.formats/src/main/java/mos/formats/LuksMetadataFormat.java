package mos.formats;

import static java.util.Map.entry;

import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The JSON area of a LUKS2 header (LUKS2 On-Disk Format Specification 1.1.1, chapter 3), of the one
 * form that we make: one keyslot, one segment, AES-XTS with a key of 64 bytes, PBKDF2 with SHA-256.
 * The random passphrase has 256 bits: more iterations would add nothing. Anything else is not read:
 * who can write the disk can write a header that asks for no encryption.
 */
public final class LuksMetadataFormat {
  /** Bytes of a binary header with its JSON area, of which there are two in front of all else. */
  public static final int HEADER_SIZE = 16 << 10;

  /** Where the keyslot's encrypted key lies. */
  public static final int KEYSLOT_OFFSET = 2 * HEADER_SIZE;

  /** How many bytes it takes. */
  public static final int KEYSLOT_SIZE = 252 << 10;

  /** Where the volume's content begins: as many bytes has the whole header. */
  public static final int DATA_OFFSET = 16 << 20;

  /** The cipher of the content and of the keyslot. */
  public static final String CIPHER = "aes-xts-plain64";

  /** Bytes of the volume's key. */
  public static final int KEY_SIZE = 64;

  /** Iterations of PBKDF2. */
  public static final int ITERATIONS = 1000;

  private static final String HASH = "sha256";
  private static final int STRIPES = 4000;
  private static final int JSON_SIZE = 12 << 10;
  private static final int KEYSLOTS_SIZE = DATA_OFFSET - KEYSLOT_OFFSET;

  private LuksMetadataFormat() {}

  private static final class Fields {
    int sectorSize;
    @Nullable Bytes keySalt;
    @Nullable Bytes digestSalt;
    @Nullable Bytes digest;
  }

  /**
   * Reads metadata.
   *
   * @throws InvalidFieldException with the path of the field that is not as we make it
   */
  public static LuksMetadata parse(Bytes json) {
    return DocumentReader.read(json, Syntax.JSON, reader -> () -> new Reading(reader).metadata());
  }

  /** One reading: names follow the specification. */
  private record Reading(DocumentReader reader, Fields fields) {
    Reading(DocumentReader reader) {
      this(reader, new Fields());
    }

    LuksMetadata metadata() throws IOException {
      exactly(
          Map.of(
              "keyslots", () -> exactly(Map.of("0", this::keyslot)),
              "tokens", () -> exactly(Map.of()),
              "segments", () -> exactly(Map.of("0", this::segment)),
              "digests", () -> exactly(Map.of("0", this::digest)),
              "config", this::config));
      return new LuksMetadata(
          fields.sectorSize, read(fields.keySalt), read(fields.digestSalt), read(fields.digest));
    }

    private void keyslot() throws IOException {
      exactly(
          Map.of(
              "type", () -> is("luks2"),
              "key_size", () -> is(KEY_SIZE),
              "af", this::stripes,
              "area", this::area,
              "kdf", this::derivation));
    }

    private void stripes() throws IOException {
      exactly(
          Map.of("type", () -> is("luks1"), "stripes", () -> is(STRIPES), "hash", () -> is(HASH)));
    }

    private void area() throws IOException {
      exactly(
          Map.of(
              "type", () -> is("raw"),
              "offset", () -> is(String.valueOf(KEYSLOT_OFFSET)),
              "size", () -> is(String.valueOf(KEYSLOT_SIZE)),
              "encryption", () -> is(CIPHER),
              "key_size", () -> is(KEY_SIZE)));
    }

    private void derivation() throws IOException {
      exactly(
          Map.of(
              "type", () -> is("pbkdf2"),
              "hash", () -> is(HASH),
              "iterations", () -> is(ITERATIONS),
              "salt", () -> fields.keySalt = base64()));
    }

    private void segment() throws IOException {
      exactly(
          Map.of(
              "type", () -> is("crypt"),
              "offset", () -> is(String.valueOf(DATA_OFFSET)),
              "size", () -> is("dynamic"),
              "iv_tweak", () -> is("0"),
              "encryption", () -> is(CIPHER),
              "sector_size", () -> fields.sectorSize = reader.small()));
    }

    private void digest() throws IOException {
      exactly(
          Map.ofEntries(
              entry("type", () -> is("pbkdf2")),
              entry("keyslots", this::onlyTheFirst),
              entry("segments", this::onlyTheFirst),
              entry("hash", () -> is(HASH)),
              entry("iterations", () -> is(ITERATIONS)),
              entry("salt", () -> fields.digestSalt = base64()),
              entry("digest", () -> fields.digest = base64())));
    }

    private void config() throws IOException {
      exactly(
          Map.of(
              "json_size", () -> is(String.valueOf(JSON_SIZE)),
              "keyslots_size", () -> is(String.valueOf(KEYSLOTS_SIZE))));
    }

    /** Reads an object that has each of these fields and no other. */
    private void exactly(Map<String, DocumentReader.Step> wanted) throws IOException {
      Set<String> missing = new HashSet<>(wanted.keySet());
      reader.object(
          name -> {
            DocumentReader.Step step = wanted.get(name);
            if (step == null) {
              throw reader.unknown();
            }
            step.read();
            missing.remove(name);
          });
      if (!missing.isEmpty()) {
        throw reader.missing(missing.stream().sorted().findFirst().orElseThrow());
      }
    }

    private void is(String wanted) throws IOException {
      String text = reader.string();
      if (!text.equals(wanted)) {
        throw reader.invalid("must be '" + wanted + "', not '" + text + "'");
      }
    }

    private void is(int wanted) throws IOException {
      long number = reader.integer();
      if (number != wanted) {
        throw reader.invalid("must be " + wanted + ", not " + number);
      }
    }

    private void onlyTheFirst() throws IOException {
      int count =
          reader
              .list(
                  () -> {
                    is("0");
                    return true;
                  })
              .size();
      if (count != 1) {
        throw reader.invalid("must be one, not " + count);
      }
    }

    private Bytes base64() throws IOException {
      String text = reader.string();
      try {
        return Bytes.copyOf(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException e) {
        throw reader.invalid("is not base64: " + e.getMessage());
      }
    }

    /** All fields are there once {@link #exactly} has returned. */
    private static Bytes read(@Nullable Bytes field) {
      if (field == null) {
        throw new IllegalStateException("a field was not read");
      }
      return field;
    }
  }

  /** Writes metadata, to the byte as cryptsetup 2.6 does. */
  public static Bytes write(LuksMetadata metadata) {
    // Nothing that is put into it needs to be escaped.
    return Bytes.utf8(
        """
        {"keyslots":{"0":{"type":"luks2","key_size":64,\
        "af":{"type":"luks1","stripes":4000,"hash":"sha256"},\
        "area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64",\
        "key_size":64},\
        "kdf":{"type":"pbkdf2","hash":"sha256","iterations":1000,"salt":"%s"}}},\
        "tokens":{},\
        "segments":{"0":{"type":"crypt","offset":"16777216","size":"dynamic","iv_tweak":"0",\
        "encryption":"aes-xts-plain64","sector_size":%s}},\
        "digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256",\
        "iterations":1000,"salt":"%s","digest":"%s"}},\
        "config":{"json_size":"12288","keyslots_size":"16744448"}}\
        """
            .formatted(
                encode(metadata.keySalt()),
                String.valueOf(metadata.sectorSize()),
                encode(metadata.digestSalt()),
                encode(metadata.digest())));
  }

  private static String encode(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }
}
