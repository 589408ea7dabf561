package mos.plugin.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.Secret;

/** A volume in a plain file, and what an attacker does to it who knows the format. */
record Volume(Path file, Bytes key) {
  private static final int HEADER = 16384;
  private static final int JSON = 4096;
  private static final int CHECKSUM = 448;

  static Volume create(Path file, int fill) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), (20 << 20) - 1);
    }
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    Volume volume = new Volume(file, Bytes.copyOf(key));
    try (Secret secret = volume.secret()) {
      new LuksUnlocker().format(file, secret);
    }
    return volume;
  }

  Secret secret() {
    return Secret.takeOver(key.toArray());
  }

  void test() {
    try (Secret secret = secret()) {
      new LuksUnlocker().test(file, secret);
    }
  }

  byte[] read(long offset, int size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(size);
      while (bytes.hasRemaining()) {
        channel.read(bytes, offset + bytes.position());
      }
      return bytes.array();
    }
  }

  void write(long offset, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  String json() throws IOException {
    return new String(read(JSON, HEADER - JSON), StandardCharsets.UTF_8).replace("\0", "");
  }

  /** Changes the JSON in both headers and puts their checksums right. */
  void tamper(UnaryOperator<String> change) throws IOException {
    for (int at : new int[] {0, HEADER}) {
      byte[] header = read(at, HEADER);
      byte[] json = change.apply(json(header)).getBytes(StandardCharsets.UTF_8);
      Arrays.fill(header, JSON, HEADER, (byte) 0);
      System.arraycopy(json, 0, header, JSON, json.length);
      write(at, sealed(header));
    }
  }

  /** Changes bytes of the first header and puts its checksum right. */
  void tamperBinary(int at, byte... bytes) throws IOException {
    byte[] header = read(0, HEADER);
    System.arraycopy(bytes, 0, header, at, bytes.length);
    write(0, sealed(header));
  }

  private static String json(byte[] header) {
    return new String(header, JSON, HEADER - JSON, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static byte[] sealed(byte[] header) {
    Arrays.fill(header, CHECKSUM, CHECKSUM + 64, (byte) 0);
    MessageDigest sha256 = Digest.sha256();
    byte[] digest = sha256.digest(header);
    System.arraycopy(digest, 0, header, CHECKSUM, digest.length);
    return header;
  }
}
