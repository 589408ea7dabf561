package mos.spi.image;

import java.util.Optional;

/**
 * What machine an image is for (OCI image specification 1.1, image index).
 *
 * @param architecture in Go's words: {@code amd64}, {@code arm64}
 * @param os in Go's words: {@code linux}
 * @param variant such as {@code v8}
 */
public record Platform(String architecture, String os, Optional<String> variant) {
  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }
}
