package mos.spi.model;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that nobody can change: what was received is what is verified, parsed and stored. */
public final class Bytes {
  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of {@code content}. */
  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  /** The UTF-8 form of {@code text}. */
  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many there are. */
  public int size() {
    return content.length;
  }

  /** A copy as an array. */
  public byte[] toArray() {
    return content.clone();
  }

  /** A stream over them. */
  public InputStream stream() {
    return new ByteArrayInputStream(content);
  }

  /** Their SHA-256 digest. */
  public Digest digest() {
    return Digest.of(content);
  }

  /** Them as UTF-8 text. */
  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** How many they are; never their content, which may be secret. */
  @Override
  public String toString() {
    return content.length + " bytes";
  }
}
