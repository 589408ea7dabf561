package mos.spi.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mos.spi.InvalidFieldException;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
  private static final Digest DIGEST = Digest.of(new byte[0]);

  @ParameterizedTest
  @CsvSource({
    "docker://reg.example.com/web:1.0, docker, reg.example.com, web, :1.0",
    "reg.example.com:5000/a/b/web:1.0, docker, reg.example.com:5000, a/b/web, :1.0",
    "127.0.0.1:5000/web:latest, docker, 127.0.0.1:5000, web, :latest",
    "[::1]:5000/web:latest, docker, [::1]:5000, web, :latest",
    "localhost/a-b_c.d/e--f:T_1.x-y, docker, localhost, a-b_c.d/e--f, :T_1.x-y",
    "oci:/srv/zot:web:1.0, oci, /srv/zot, web, :1.0",
    "oci:/srv/zot:a/web:1.0, oci, /srv/zot, a/web, :1.0",
    "oci:zot:web:1.0, oci, zot, web, :1.0",
    "oci:/a:b/zot:web:1.0, oci, /a:b/zot, web, :1.0",
    "oci:/a@b/zot:web:1.0, oci, /a@b/zot, web, :1.0",
  })
  void aUrlNamesOneManifest(
      String text, String scheme, String location, String name, String selector) {
    Reference reference = Reference.parse(text);
    assertEquals(scheme, reference.repository().scheme());
    assertEquals(location, reference.repository().location());
    assertEquals(name, reference.repository().name());
    assertEquals(selector, reference.selector().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker://h/web@", "oci:/srv/zot:web@"})
  void aUrlCanNameADigest(String start) {
    Reference reference = Reference.parse(start + DIGEST);
    assertEquals(new Selector.ByDigest(DIGEST), reference.selector());
    assertEquals("web", reference.repository().name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker://reg.example.com/web:1.0",
        "oci:/srv/zot:web:1.0",
        "oci:/srv/layout:1.0",
        "docker://[::1]:5000/a/b:x"
      })
  void whatIsWrittenIsReadAgain(String text) {
    assertEquals(text, Reference.parseSource(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web",
        "web:1.0",
        "docker://",
        "docker://h",
        "docker://h/",
        "docker://h/web",
        "docker:///web:1",
        "docker://h/:1",
        "docker://h/web:",
        "docker://h/Web:1",
        "docker://h/a//b:1",
        "docker://h/../b:1",
        "docker://h/a/:1",
        "docker://h/web:a/b",
        "docker://h/web:.x",
        "docker://h/web@sha256:00",
        "docker://user@h/web:1",
        "docker://h h/web:1",
        "docker://h\n/web:1",
        "docker://h:port/web:1",
        "docker://-h/web:1",
        "docker://h:65536/web:1",
        "docker://h:0/web:1",
        "docker://a..b/web:1",
        "docker://a.-b/web:1",
        "docker://1.2.3.4.5/web:1",
        "docker://[1::2::3]/web:1",
        "http://h/web:1",
        "https://h/web:1",
        "oci:",
        "oci::",
        "oci:::",
        "oci:/srv/zot",
        "oci:/srv/zot:1.0",
        "oci:web:1.0",
        "oci:/srv\u0000zot:web:1",
        "oci:/srv/zot:web:1 0",
        "oci::web:1"
      })
  void anythingElseIsNoUrl(String text) {
    assertThrows(InvalidFieldException.class, () -> Reference.parse(text));
  }

  @Test
  void aSourceCanBeAPlainLayout() {
    Reference reference = Reference.parseSource("oci:/srv/layout:1.0");
    assertEquals("/srv/layout", reference.repository().location());
    assertEquals("", reference.repository().name());
  }

  @ParameterizedTest
  @CsvSource({
    "reg.example.com, docker, reg.example.com, ''",
    "reg.example.com:5000/a/b, docker, reg.example.com:5000, a/b",
    "docker://h/a, docker, h, a",
    "oci:/srv/zot, oci, /srv/zot, ''",
    "oci:/srv/a:b, oci, /srv/a:b, ''",
  })
  void aBaseHoldsRepositories(String text, String scheme, String location, String prefix) {
    assertEquals(new RepositoryBase(scheme, location, prefix), RepositoryBase.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "oci:", "docker://", "http://h", "h/A", "h/a//b", "/a", "h/../x", "h\n"})
  void anythingElseIsNoBase(String text) {
    assertThrows(InvalidFieldException.class, () -> RepositoryBase.parse(text));
  }

  @Test
  void aRepositoryOfABaseHasItsPrefix() {
    assertEquals("docker://h/a/mos", RepositoryBase.parse("h/a").repository("mos").toString());
    assertEquals("oci:/srv:mos", RepositoryBase.parse("oci:/srv").repository("mos").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "../x", "a b"})
  void aRepositoryOfABaseHasAName(String name) {
    RepositoryBase base = RepositoryBase.parse("oci:/srv");
    assertThrows(InvalidFieldException.class, () -> base.repository(name));
  }

  @Test
  void aTagHasAtMost128Characters() {
    assertEquals(129, new Selector.Tag("a".repeat(128)).toString().length());
    assertThrows(InvalidFieldException.class, () -> new Selector.Tag("a".repeat(129)));
  }
}
