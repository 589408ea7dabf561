package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.MediaTypes;
import mos.spi.image.Platform;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformChoiceTest {
  private static Descriptor entry(String platform) {
    return new Descriptor(
        MediaTypes.MANIFEST,
        Bytes.utf8(platform).digest(),
        10,
        Map.of(),
        Optional.empty(),
        Optional.of(Platform.parse(platform)));
  }

  private static ImageIndex index(String... platforms) {
    List<Descriptor> entries = Stream.of(platforms).map(PlatformChoiceTest::entry).toList();
    return new ImageIndex(entries, Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "linux/arm64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm/v6, linux/arm/v6"
  })
  void theOneThatFitsIsChosen(String wanted, String chosen) {
    ImageIndex index =
        index("windows/amd64", "linux/amd64", "linux/arm64", "linux/arm/v6", "linux/arm/v7");
    assertEquals(entry(chosen), new PlatformChoice(Platform.parse(wanted)).from(index, "an index"));
  }

  @Test
  void whatIsMissingIsNamedWithWhatIsThere() {
    MosException e =
        assertThrows(
            MosException.class,
            () ->
                new PlatformChoice(Platform.parse("linux/riscv64"))
                    .from(index("linux/amd64", "linux/arm64"), "an index"));
    assertEquals(ErrorCode.NOT_FOUND, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("linux/amd64, linux/arm64"), e::toString);
  }

  @Test
  void severalThatFitAreNotGuessedAmong() {
    MosException e =
        assertThrows(
            MosException.class,
            () ->
                new PlatformChoice(Platform.parse("linux/arm"))
                    .from(index("linux/arm/v6", "linux/arm/v7"), "an index"));
    assertEquals(ErrorCode.INVALID, e.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "linux", "linux/", "/amd64", "linux/amd64/", "Linux/amd64", "a/b/c/d"})
  void whatIsNoPlatformIsRefused(String text) {
    assertThrows(InvalidFieldException.class, () -> Platform.parse(text));
  }
}
