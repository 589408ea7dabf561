package mos.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SeedsTest {
  static Stream<Arguments> seeds() {
    return Arrays.stream(Target.values())
        .flatMap(target -> target.seeds().stream().map(seed -> Arguments.of(target, seed)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyParserHoldsForWhatOnceBrokeItAndForWhatFuzzingBeginsWith(Target target, Path seed)
      throws IOException {
    target.holds(Files.readAllBytes(seed));
  }
}
