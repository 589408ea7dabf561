package mos.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import mos.plugin.atomfs.AtomfsParsers;
import mos.plugin.disk.DiskParsers;
import mos.plugin.luks.LuksParsers;
import mos.plugin.tpm.TpmParsers;
import mos.plugin.uki.UkiParsers;
import mos.plugin.x509verify.X509Parsers;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * A parser under test. It holds for an input when it returns a model, or throws a {@link
 * MosException} that says in one short line what is wrong; and what it accepts it writes and reads
 * again unchanged.
 */
enum Target {
  USER_MANIFEST(Documents::userManifest),
  INSTALL_MANIFEST(Documents::installManifest),
  SYSTEM_MANIFEST(Documents::systemManifest),
  IMAGE_MANIFEST(Documents::imageManifest),
  IMAGE_INDEX(Documents::imageIndex),
  LAYOUT_INDEX(Documents::layoutIndex),
  SEAL_POLICIES(Documents::sealPolicies),
  REFERENCE(Documents::reference),
  VERITY_SUPERBLOCK(AtomfsParsers::veritySuperblock),
  FILESYSTEM_SUPERBLOCK(AtomfsParsers::filesystemSuperblock),
  TAR_HEADER(AtomfsParsers::tarHeader),
  PAX_RECORDS(AtomfsParsers::paxRecords),
  CERTIFICATE(X509Parsers::certificate),
  CERTIFICATE_DER(X509Parsers::certificateDer),
  SIGNATURE(X509Parsers::signature),
  TPM_ANSWERS(TpmParsers::answers),
  LUKS_HEADER(LuksParsers::header),
  LUKS_METADATA(LuksParsers::metadata),
  PARTITION_TABLE(DiskParsers::partitionTable),
  LOADER_CONF(DiskParsers::loaderConf),
  PORTABLE_EXECUTABLE(UkiParsers::portableExecutable);

  private static final int LONGEST_MESSAGE = 4000;

  /** Parses, and checks what came of it. */
  @FunctionalInterface
  interface Parser {
    /** Does it; may throw anything, of which {@link #holds} accepts what it should. */
    void accept(byte[] input) throws IOException;
  }

  /** A method reference. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Parser parser;

  Target(Parser parser) {
    this.parser = parser;
  }

  /** Its name on the command line and as a directory. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The target of that name. */
  static Target of(String id) {
    return Arrays.stream(values())
        .filter(target -> target.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no target '" + id + "'"));
  }

  /** Inputs to begin with, of every kind that the parser knows. */
  Path seedDirectory() {
    return Path.of("seeds").resolve(id());
  }

  /** The seeds. */
  List<Path> seeds() {
    try (Stream<Path> files = Files.list(seedDirectory())) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw MosException.io("cannot list " + seedDirectory(), e);
    }
  }

  /** Fails when the parser does not hold for the input. */
  void holds(byte[] input) {
    try {
      parser.accept(input);
    } catch (MosException e) {
      String message = e.getMessage();
      if (e.code() == ErrorCode.INTERNAL || e.code() == ErrorCode.RESOURCE) {
        throw new AssertionError("not a refusal: " + e.code(), e);
      }
      if (message.isBlank() || message.length() > LONGEST_MESSAGE) {
        throw new AssertionError("a message of " + message.length() + " characters", e);
      }
      if (message.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a message of more than one line", e);
      }
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
  }
}
