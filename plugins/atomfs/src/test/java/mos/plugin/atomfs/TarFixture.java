package mos.plugin.atomfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes tar files entry by entry, also ones that no program would write. */
final class TarFixture {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  TarFixture directory(String name) {
    return entry(name, '5', 0755, 1_000, "");
  }

  TarFixture file(String name, String content) {
    return entry(name, '0', 0644, 1_000, content);
  }

  TarFixture entry(String name, char type, int mode, long mtime, String content) {
    byte[] data = content.getBytes(StandardCharsets.ISO_8859_1);
    return header(new TarHeader(name, mode, 12, 34, data.length, mtime, type)).data(data);
  }

  TarFixture extension(char type, String content) {
    return entry("././@X", type, 0, 0, content);
  }

  TarFixture header(TarHeader header) {
    bytes.writeBytes(header.toArray());
    return this;
  }

  TarFixture data(byte[] data) {
    bytes.writeBytes(data);
    bytes.writeBytes(new byte[-data.length & 511]);
    return this;
  }

  Path write(Path file) throws IOException {
    bytes.writeBytes(new byte[1024]);
    return Files.write(file, bytes.toByteArray());
  }

  Path writeWithoutEnd(Path file) throws IOException {
    return Files.write(file, bytes.toByteArray());
  }
}
