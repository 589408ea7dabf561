package mos.spi;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A part of a plugin's work that an image practises when it is linked, so that its AOT cache knows
 * the classes and call sites of it. For work that no command can do without the machine that it is
 * meant for: its disk, its TPM. Nothing at run time calls it.
 */
public interface Rehearsed {
  /**
   * Does as much of the work as needs no such machine. It changes nothing outside {@code
   * directory}, and asks for no privilege.
   *
   * @param directory an empty directory, which is removed later
   * @throws IOException when that cannot be written
   * @throws MosException when something is missing on the machine that builds; the image is then
   *     less practised, and does the same
   */
  void rehearse(Path directory) throws IOException;
}
