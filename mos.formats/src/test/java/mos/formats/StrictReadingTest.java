package mos.formats;

import static mos.formats.Documents.INSTALL;
import static mos.formats.Documents.refusedAt;
import static mos.formats.Documents.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every document, shown on the install manifest. */
class StrictReadingTest {
  private static String messageOf(String field, Bytes document) {
    return refusedAt(field, () -> InstallManifestFormat.parse(document)).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          "version":1,        | "version":1,"extra":0,              | extra
          "label":"data"      | "label":"data","fs":"ext4"          | storage[0].fs
          "nsgroup":""        | "nsgroup":"","command":[]           | targets[0].command
          "ipv6":""           | "ipv6":"","gateway":"10.0.0.1"      | targets[0].network.gateway
          "host":443          | "host":443,"protocol":"tcp"         | targets[1].network.ports[0].protocol
          "dest":             | "ro":true,"dest":                   | targets[1].storage[0].ro
          "version"           | "Version"                           | Version
          """,
      delimiter = '|')
  void anUnknownKeyIsRefusedByName(String part, String replacement, String field) {
    String message = messageOf(field, with(INSTALL, part, replacement));
    assertEquals(field + ": is not a known key", message);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          "version":1      | "version":1,"version":1     | version
          "size":500       | "size":500,"size":500       | targets[0].size
          "host":443       | "host":443,"host":444       | targets[1].network.ports[0].host
          "nsgroup":""     | "nsgroup":"","\\u006esgroup":"" | targets[0].nsgroup
          """,
      delimiter = '|')
  void aKeyThatStandsTwiceIsRefused(String part, String replacement, String field) {
    assertEquals(field + ": stands twice", messageOf(field, with(INSTALL, part, replacement)));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          "version":1       | "version":"1"        | version           | must be a whole number, not a string
          "version":1       | "version":1.0        | version           | must be a whole number, not a number
          "version":1       | "version":true       | version           | must be a whole number, not true or false
          "persistent":true | "persistent":"true"  | storage[0].persistent | must be true or false, not a string
          "persistent":true | "persistent":1       | storage[0].persistent | must be true or false, not a number
          "storage":[]      | "storage":{}         | targets[0].storage | must be a list, not a mapping
          "ports":[]        | "ports":[80]         | targets[0].network.ports[0] | must be a mapping, not a number
          "nsgroup":""      | "nsgroup":[]         | targets[0].nsgroup | must be a string, not a list
          "size":500        | "size":null          | targets[0].size   | must be a whole number, not nothing
          """,
      delimiter = '|')
  void aWrongTypeSaysWhatWasExpected(
      String part, String replacement, String field, String problem) {
    assertEquals(field + ": " + problem, messageOf(field, with(INSTALL, part, replacement)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "99999999999",
        "-99999999999",
        "9223372036854775807",
        "9223372036854775808",
        "1000000000000000000000000000000"
      })
  void aNumberThatDoesNotFitIsRefused(String number) {
    messageOf("version", with(INSTALL, "\"version\":1", "\"version\":" + number));
    messageOf(
        "targets[1].network.ports[0].host", with(INSTALL, "\"host\":443", "\"host\":" + number));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " x", "null", "]", "}", "\u0000"})
  void nothingFollowsTheEnd(String rest) {
    messageOf("", Bytes.utf8(INSTALL + rest));
  }

  @Test
  void whiteSpaceMayFollowTheEnd() {
    assertEquals(
        InstallManifestFormat.parse(Bytes.utf8(INSTALL)),
        InstallManifestFormat.parse(Bytes.utf8(INSTALL + " \r\n\t")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n"})
  void anEmptyDocumentIsRefused(String text) {
    assertEquals("the document is empty", messageOf("", Bytes.utf8(text)));
  }

  @Test
  void wrongSyntaxIsRefusedWithLineAndColumn() {
    String message = messageOf("", Bytes.utf8("{\n  \"version\": 1,\n  oops\n}"));
    assertTrue(message.startsWith("not JSON at line 3, column "), message);
  }

  @Test
  void aMissingEndIsRefused() {
    for (int length = 1; length < INSTALL.length(); length += 7) {
      messageOf("", Bytes.utf8(INSTALL.substring(0, length)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'version':1}",
        "{version:1}",
        "{\"version\":01}",
        "{\"version\":1,}",
        "{\"version\":NaN}",
        "{/**/}",
        "{\"version\":+1}"
      })
  void nothingButJsonIsJson(String text) {
    messageOf("", Bytes.utf8(text));
  }

  @Test
  void rubbishIsRefusedInOneLineOfText() {
    byte[] rubbish = new byte[4096];
    for (int i = 0; i < rubbish.length; i++) {
      rubbish[i] = (byte) (i * 31 + (i >> 3));
    }
    rubbish[0] = '{';
    String message = messageOf("", Bytes.copyOf(rubbish));
    assertEquals(1, message.lines().count());
    assertTrue(message.length() < 400, message);
    assertTrue(message.chars().allMatch(c -> c >= 0x20), message);
  }

  @Test
  void invalidUtf8IsRefused() {
    byte[] bytes = INSTALL.getBytes(StandardCharsets.UTF_8);
    bytes[INSTALL.indexOf("data")] = (byte) 0xff;
    messageOf("", Bytes.copyOf(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
  void anotherEncodingThanUtf8IsRefused(String charset) {
    Bytes document = Bytes.copyOf(INSTALL.getBytes(Charset.forName(charset)));
    messageOf("", document);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00", "a\\udc00\\ud800"})
  void halfOfASurrogatePairIsNoText(String escape) {
    messageOf("targets[0].version", with(INSTALL, "1.0", escape));
  }

  @Test
  void depthIsBounded() {
    String deep = "[".repeat(100_000);
    messageOf("storage[0]", Bytes.utf8("{\"storage\":" + deep));
    refusedAt("", () -> ImageManifestFormat.parse(Bytes.utf8("{\"unused\":" + deep)));
  }

  @Test
  void theLengthOfNamesAndStringsIsBounded() {
    messageOf("", Bytes.utf8("{\"" + "a".repeat(2000) + "\":1}"));
    messageOf("", with(INSTALL, "1.0", "1".repeat(100_000)));
  }

  @Test
  void theSizeIsBounded() {
    Bytes huge = Bytes.utf8(INSTALL + " ".repeat((4 << 20) + 1));
    assertEquals("is larger than 4194304 bytes", messageOf("", huge));
  }

  @Test
  void theNumberOfElementsIsBounded() {
    String entry = "{\"mediaType\":\"a/b\",\"digest\":\"" + Documents.DIGEST + "\",\"size\":1}";
    String index =
        "{\"schemaVersion\":2,\"manifests\":[" + (entry + ",").repeat(10_000) + entry + "]}";
    assertEquals(
        "manifests: has more than 10000 elements",
        refusedAt("manifests", () -> ImageIndexFormat.parse(Bytes.utf8(index))).getMessage());
  }
}
