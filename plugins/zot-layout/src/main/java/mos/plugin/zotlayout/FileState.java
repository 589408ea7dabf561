package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * By what a replaced file is recognised.
 *
 * @param key device and inode; empty text when there is no file
 * @param size in bytes
 * @param modified when it was last written
 */
record FileState(Object key, long size, FileTime modified) {
  static FileState of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      @Nullable Object key = now.fileKey();
      return new FileState(Objects.requireNonNullElse(key, ""), now.size(), now.lastModifiedTime());
    } catch (IOException e) {
      return new FileState("", -1, FileTime.fromMillis(0));
    }
  }
}
