package mos.spi.upgrade;

import mos.spi.model.Digest;
import mos.spi.model.SystemManifest;
import mos.spi.verify.SignedDocument;

/** What is installed, as of one revision. Nothing in it is verified yet. */
public interface InstalledSystem {
  /** The revision, such as a git commit. */
  String revision();

  /** Which install manifest defines each target. */
  SystemManifest manifest();

  /**
   * An install manifest with its certificate and signature, as stored.
   *
   * @throws mos.spi.MosException NOT_FOUND when a file is missing
   */
  SignedDocument document(Digest source);
}
