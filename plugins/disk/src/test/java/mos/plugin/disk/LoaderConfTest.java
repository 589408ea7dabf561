package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoaderConfTest {
  @Test
  void newOneStartsTheBootkitAtOnce() {
    assertEquals("default mos-1.2[+.]*\neditor no\ntimeout 0\n", LoaderConf.select("", "1.2"));
  }

  @Test
  void linesOfOthersStay() {
    String text =
        "# mine\nconsole-mode max\n default  other*\ntimeout 9\neditor\tyes\n#timeout 3\n";
    String selected = LoaderConf.select(text, "2");
    assertEquals(
        "default mos-2[+.]*\neditor no\ntimeout 0\n# mine\nconsole-mode max\n#timeout 3\n",
        selected);
    assertEquals(selected, LoaderConf.select(selected, "2"));
    assertEquals(Optional.of("2"), LoaderConf.selected(selected));
  }

  @ParameterizedTest
  @CsvSource({
    "default mos-a.b*, a.b",
    "default\tmos-a.b[+.]*, a.b",
    "default mos-a, ",
    "default @saved, ",
    "default *, ",
    "'default mos-a*\ndefault mos-b*', b",
    "'default mos-a*\ndefault arch*', ",
    "'', ",
  })
  void selectedIsWhatTheLoaderWouldTake(String text, String id) {
    assertEquals(Optional.ofNullable(id), LoaderConf.selected(text));
  }
}
