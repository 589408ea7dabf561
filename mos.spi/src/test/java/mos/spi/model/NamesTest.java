package mos.spi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lesson 10: nothing that is written in a manifest can leave the place it is meant for. */
class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "web", "Web-1.2_x", "a.b", "a-", "a."})
  void lettersDigitsDotsDashesAndUnderscoresAreNames(String name) {
    assertEquals(name, Names.check("field", name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "..",
        "a..b",
        "../etc",
        "a/b",
        "/a",
        "-a",
        "_a",
        ".hidden",
        "a b",
        "a\nb",
        "a\u0000b",
        "a\n",
        "a:b",
        "a,b",
        "a@b",
        "a%i",
        "a\\x2d",
        "a;b",
        "a$b",
        "ä",
        "а",
        "a\u202eb"
      })
  void anythingElseIsNoName(String name) {
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> Names.check("field", name));
    assertEquals("field", e.field());
  }

  @Test
  void aNameHasAtMost64Characters() {
    assertEquals("a".repeat(64), Names.check("field", "a".repeat(64)));
    assertThrows(InvalidFieldException.class, () -> Names.check("field", "a".repeat(65)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"systemd-journald", "dbus", "sshd", "getty", "udev", "mos", "mos-activate"})
  void aServiceCannotTakeTheNameOfASystemUnit(String name) {
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> Names.checkService("service_name", name));
    assertEquals("service_name", e.field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hostfs", "web", "dbus2", "mosquitto", "systemd"})
  void otherServicesMayBeNamedAlike(String name) {
    assertEquals(name, Names.checkService("service_name", name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"esp", "efi", "machine-config", "machine-store", "machine-scratch", "pbf", "sbf"})
  void aVolumeCannotTakeThePlaceOfAPartitionOfTheHost(String label) {
    assertThrows(
        InvalidFieldException.class, () -> new Storage(label, true, NamespaceGroup.HOST, 1));
    assertThrows(InvalidFieldException.class, () -> new StorageMount("/x", label));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/var/lib/web", "/a b", "/a/.b", "/a/...", "/ä"})
  void aVolumesPlaceIsAnAbsolutePath(String path) {
    assertEquals(path, new StorageMount(path, "data").dest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a",
        "./a",
        "//a",
        "/a//b",
        "/a/",
        "/..",
        "/a/../b",
        "/a/..",
        "/.",
        "/a/./b",
        "/a\nb",
        "/a\u0000",
        "/a\u0085b"
      })
  void aVolumesPlaceCannotPointElsewhere(String path) {
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> new StorageMount(path, "data"));
    assertEquals("dest", e.field());
  }

  @Test
  void aPathComponentHasAtMost255Characters() {
    assertEquals(256, new StorageMount("/" + "a".repeat(255), "data").dest().length());
    assertThrows(
        InvalidFieldException.class, () -> new StorageMount("/" + "a".repeat(256), "data"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "1\n2", "1\u0000", "1\u0085"})
  void aVersionIsPrintableTextOnOneLine(String version) {
    assertThrows(InvalidFieldException.class, () -> Names.checkText("version", version, 128));
  }

  @Test
  void theHostsGroupIsWrittenInTwoWays() {
    assertEquals(NamespaceGroup.HOST, NamespaceGroup.parse(""));
    assertEquals(NamespaceGroup.HOST, NamespaceGroup.parse("none"));
    assertEquals(Optional.of("web"), Optional.of(NamespaceGroup.parse("web").name()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../web", "a b", "-x", " none"})
  void aGroupIsAName(String group) {
    assertThrows(InvalidFieldException.class, () -> NamespaceGroup.parse(group));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "fs only", "../x"})
  void aServiceTypeIsAName(String type) {
    assertThrows(InvalidFieldException.class, () -> new ServiceType(type));
  }
}
