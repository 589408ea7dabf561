package mos.bootstrap.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordInputTest {
  private static final String PREFIX = "--user: the password, which comes from standard input, ";

  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The characters of a case, with escapes read. */
  private static String read(String escaped) {
    return PasswordInput.read(input(escaped.translateEscapes()));
  }

  private static MosException refused(ErrorCode code, InputStream in) {
    MosException e = assertThrows(MosException.class, () -> PasswordInput.read(in));
    assertEquals(code, e.code());
    return e;
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "s3cret,s3cret",
        "s3cret\\n,s3cret",
        "s3cret\\r\\n,s3cret",
        "s3cret\\n\\n,s3cret\\n",
        "{\\n},{\\n}",
        "\\ns3cret,\\ns3cret",
        " a b \\n, a b ",
        "pä€s\\n,pä€s",
      })
  void itIsAllThatComesButOneEndOfLine(String input, String password) {
    assertEquals(password.translateEscapes(), read(input));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n"})
  void anEmptyOneIsWrongUse(String input) {
    assertEquals(PREFIX + "is empty", refused(ErrorCode.USAGE, input(input)).getMessage());
  }

  @Test
  void itsLengthIsBounded() {
    String longest = "x".repeat(PasswordInput.MAX_BYTES - 1);
    assertEquals(longest, PasswordInput.read(input(longest + "\n")));
    assertEquals(
        PREFIX + "is longer than 16384 bytes",
        refused(ErrorCode.USAGE, input(longest + "xx")).getMessage());
  }

  @Test
  void noMoreIsReadThanItMayHave() throws IOException {
    InputStream much = input("x".repeat(PasswordInput.MAX_BYTES + 100));
    refused(ErrorCode.USAGE, much);
    assertEquals(99, much.available());
  }

  @Test
  void bytesThatAreNoTextAreNotShown() {
    byte[] bytes = "hunter2\u00ff".getBytes(StandardCharsets.ISO_8859_1);
    MosException e = refused(ErrorCode.USAGE, new ByteArrayInputStream(bytes));
    assertEquals(PREFIX + "is not UTF-8", e.getMessage());
    assertFalse(e.toString().contains("hunter2"));
  }

  @Test
  void inputThatCannotBeReadIsSaidToBeThat() throws IOException {
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    assertEquals(
        "--user: cannot read the password from standard input: Stream closed",
        refused(ErrorCode.RESOURCE, closed).getMessage());
  }
}
