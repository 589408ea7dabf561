package mos.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MosExceptionTest {
  @ParameterizedTest
  @ValueSource(
      ints = {'\n', '\r', 0, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x200b, 0xfeff})
  void hostileInputCannotForgeALineOrSteerTheTerminal(int character) {
    String message = MosException.invalid("a" + (char) character + "b").getMessage();
    assertEquals("a" + String.format("\\u%04x", character) + "b", message);
  }

  @Test
  void charactersBeyondTheFirstPlaneThatSteerAreEscapedToo() {
    String tag = new String(Character.toChars(0xe0041));
    assertEquals("a\\udb40\\udc41b", MosException.invalid("a" + tag + "b").getMessage());
  }

  @Test
  void ordinaryTextOfAnyLanguageStaysAsItIs() {
    String text = "größer als 1 MiB: 目標 😀 'x'";
    assertEquals(text, MosException.invalid(text).getMessage());
  }

  @Test
  void everyCodeHasAnExitStatusOfItsOwn() {
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6, 7, 8),
        Arrays.stream(ErrorCode.values()).map(ErrorCode::exitStatus).toList());
  }

  static List<Arguments> ioFailures() {
    return List.of(
        Arguments.of(new NoSuchFileException("/x"), "cannot read: no such file: /x"),
        Arguments.of(new AccessDeniedException("/x"), "cannot read: permission denied: /x"),
        Arguments.of(new FileAlreadyExistsException("/x"), "cannot read: already exists: /x"),
        Arguments.of(new NotDirectoryException("/x"), "cannot read: not a directory: /x"),
        Arguments.of(new DirectoryNotEmptyException("/x"), "cannot read: directory not empty: /x"),
        Arguments.of(new IOException("disk full"), "cannot read: disk full"),
        Arguments.of(new IOException(), "cannot read: IOException"));
  }

  @ParameterizedTest
  @MethodSource("ioFailures")
  void failuresOfFilesSayWhatHappened(IOException cause, String message) {
    MosException e = MosException.io("cannot read", cause);
    assertEquals(message, e.getMessage());
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertSame(cause, e.getCause());
  }
}
