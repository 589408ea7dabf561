package mos.spi.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/**
 * What machine an image is for (OCI image specification 1.1, image index).
 *
 * @param architecture in Go's words: {@code amd64}, {@code arm64}
 * @param os in Go's words: {@code linux}
 * @param variant such as {@code v8}
 */
public record Platform(String architecture, String os, Optional<String> variant) {
  private static final Pattern TEXT =
      Pattern.compile("([a-z0-9]+)/([a-z0-9_]+)(?:/([a-z0-9._]+))?");

  /** That of this machine. */
  public static Platform current() {
    String architecture =
        switch (System.getProperty("os.arch")) {
          case "x86_64" -> "amd64";
          case "aarch64" -> "arm64";
          case String other -> other;
        };
    return new Platform(architecture, "linux", Optional.empty());
  }

  /**
   * Reads {@code OS/ARCH[/VARIANT]}.
   *
   * @throws InvalidFieldException when it has another form
   */
  public static Platform parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidFieldException(
          "", "'" + text + "' is not a platform: OS/ARCH or OS/ARCH/VARIANT, such as linux/arm64");
    }
    return new Platform(matcher.group(2), matcher.group(1), Optional.ofNullable(matcher.group(3)));
  }

  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }
}
