package mos.bootstrap.command;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import mos.bootstrap.report.Terminal;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * The password that belongs to {@code --user}. It comes by standard input, because arguments and
 * variables of a process can be read by others. It is never part of a message.
 */
final class PasswordInput {
  /** Keys of service accounts, which are JSON documents, and tokens have some kilobytes. */
  static final int MAX_BYTES = 16 << 10;

  private PasswordInput() {}

  /**
   * Reads it; on a terminal, asks for it and shows nothing of what is typed.
   *
   * @param prompt what to ask
   * @throws MosException USAGE when there is none, or what comes is none
   */
  static String read(String prompt) {
    if (!Terminal.isAt(0)) {
      return read(System.in);
    }
    // There is none, or one that is no terminal, where standard output is a file.
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(
                () ->
                    wrong(
                        "would be shown by the terminal that it is; send it by a pipe or a file"));
    char[] typed = console.readPassword("%s: ", prompt);
    if (typed == null || typed.length == 0) {
      throw wrong("is empty");
    }
    String password = new String(typed);
    Arrays.fill(typed, ' ');
    return password;
  }

  /** Reads all that there is; one end of line at its end is not part of it. */
  static String read(InputStream in) {
    byte[] bytes;
    try {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw MosException.io("--user: cannot read the password from standard input", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw wrong("is longer than " + MAX_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("is not UTF-8");
    }
    String password = text.replaceFirst("\r?\n\\z", "");
    if (password.isEmpty()) {
      throw wrong("is empty");
    }
    return password;
  }

  private static MosException wrong(String what) {
    return new MosException(
        ErrorCode.USAGE, "--user: the password, which comes from standard input, " + what);
  }
}
