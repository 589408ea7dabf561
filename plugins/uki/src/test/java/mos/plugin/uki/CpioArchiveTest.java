package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpioArchiveTest {
  @TempDir Path directory;

  @Test
  void cpioUnpacksIt() throws IOException {
    Path archive = directory.resolve("archive");
    Files.write(
        archive,
        CpioArchive.of(
            Map.of(
                "/mos/sudi/key.pem", Bytes.utf8("secret"),
                "/mos/empty", Bytes.utf8(""),
                "/manifest", Bytes.utf8("12345"))));

    assertEquals(
        List.of("manifest", "mos", "mos/empty", "mos/sudi", "mos/sudi/key.pem"),
        Tool.run("cpio", "--quiet", "-t", "-F", archive.toString()).lines().toList());
    Tool.run("sh", "-c", "cd '" + directory + "' && cpio --quiet -id < archive");
    assertEquals("secret", Files.readString(directory.resolve("mos/sudi/key.pem")));
    assertEquals("12345", Files.readString(directory.resolve("manifest")));
    assertEquals(0, Files.size(directory.resolve("mos/empty")));
    assertEquals(
        "rw-------",
        java.nio.file.attribute.PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("mos/sudi/key.pem"))));
  }

  @Test
  void theOrderInWhichFilesAreGivenDoesNotMatter() {
    Map<String, Bytes> one = new LinkedHashMap<>();
    one.put("/b/x", Bytes.utf8("1"));
    one.put("/a", Bytes.utf8("2"));
    Map<String, Bytes> other = new LinkedHashMap<>();
    other.put("/a", Bytes.utf8("2"));
    other.put("/b/x", Bytes.utf8("1"));

    assertArrayEquals(CpioArchive.of(one), CpioArchive.of(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "a", "/a/", "//a", "/a/../b", "/.", "/a b", "/a\n", "/bin/sh", "/lib/x"})
  void pathsThatAreNoneForAnInitrdAreRefused(String path) {
    assertThrows(InvalidFieldException.class, () -> CpioArchive.of(Map.of(path, Bytes.utf8("x"))));
  }
}
