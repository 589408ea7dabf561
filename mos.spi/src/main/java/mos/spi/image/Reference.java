package mos.spi.image;

import mos.spi.InvalidFieldException;

/**
 * One manifest in one repository (URL and image source of the commands).
 *
 * @param repository where
 * @param selector which
 */
public record Reference(Repository repository, Selector selector) {
  /**
   * Reads a URL: {@code docker://HOST[:PORT]/NAME:TAG} or {@code …@sha256:HEX}, the same without
   * {@code docker://}, {@code oci:ROOT:NAME:TAG} or {@code oci:ROOT:NAME@sha256:HEX}.
   *
   * @throws InvalidFieldException when it has none of the forms
   */
  public static Reference parse(String text) {
    return References.parse(text, false);
  }

  /**
   * Reads an image source of a manifest: a URL, and {@code oci:DIR:TAG} for a plain OCI layout.
   *
   * @throws InvalidFieldException when it has none of the forms
   */
  public static Reference parseSource(String text) {
    return References.parse(text, true);
  }

  @Override
  public String toString() {
    return repository.toString() + selector;
  }
}
