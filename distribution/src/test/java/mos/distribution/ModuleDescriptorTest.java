package mos.distribution;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Opens;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a module requires, exports, uses and provides changes only with its golden file, which a
 * reviewer sees.
 */
class ModuleDescriptorTest {

  private static final Path GOLDEN = Path.of("src", "test", "descriptors");
  private static final String REGENERATE =
      "if that is intended: mvn verify -pl distribution -am -Dmos.skip.system -Dmos.golden.write=true";

  static List<ModuleDescriptor> modules() {
    Stream<ModuleDescriptor> given =
        Descriptor.MISSING.values().stream()
            .map(descriptor -> descriptor.moduleInfo("0", new TreeSet<>()))
            .map(ByteBuffer::wrap)
            .map(ModuleDescriptor::read);
    return Stream.concat(OurModules.descriptors().stream(), given).toList();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void aDescriptorIsThatOfItsGoldenFile(ModuleDescriptor module) throws IOException {
    Path golden = GOLDEN.resolve(module.name() + ".txt");
    String actual = describe(module);
    if (Boolean.getBoolean("mos.golden.write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, actual);
    }
    if (!Files.exists(golden)) {
      fail(golden + " is missing; " + REGENERATE);
    }
    String expected = Files.readString(golden);
    if (!expected.equals(actual)) {
      fail(module.name() + " differs from " + golden + ":\n" + diff(expected, actual) + REGENERATE);
    }
  }

  @Test
  void everyGoldenFileHasItsModule() throws IOException {
    String modules =
        modules().stream().map(module -> module.name() + ".txt").sorted().collect(joining("\n"));
    try (Stream<Path> files = Files.list(GOLDEN)) {
      assertEquals(
          modules,
          files.map(file -> file.getFileName().toString()).sorted().collect(joining("\n")));
    }
  }

  private static String describe(ModuleDescriptor module) {
    List<String> lines =
        Stream.of(
                module.requires().stream().map(ModuleDescriptorTest::describe),
                module.exports().stream().map(Exports::toString).map("exports "::concat),
                module.opens().stream().map(Opens::toString).map("opens "::concat),
                module.uses().stream().map("uses "::concat),
                module.provides().stream().map(ModuleDescriptorTest::describe))
            .flatMap(Stream::sorted)
            .toList();
    String start = (module.isOpen() ? "open module " : "module ") + module.name();
    return start + "\n" + lines.stream().map(line -> "  " + line + "\n").collect(joining());
  }

  private static String describe(Requires requires) {
    return "requires "
        + requires.modifiers().stream()
            .filter(modifier -> modifier != Requires.Modifier.MANDATED)
            .sorted()
            .map(modifier -> modifier.toString().toLowerCase(Locale.ROOT) + " ")
            .collect(joining())
        + requires.name();
  }

  private static String describe(Provides provides) {
    return "provides "
        + provides.service()
        + " with "
        + provides.providers().stream().sorted().collect(joining(", "));
  }

  private static String diff(String expected, String actual) {
    List<String> before = expected.lines().toList();
    List<String> after = actual.lines().toList();
    Stream<String> removed = before.stream().filter(line -> !after.contains(line)).map("-"::concat);
    Stream<String> added = after.stream().filter(line -> !before.contains(line)).map("+"::concat);
    return Stream.concat(removed, added).map(line -> line + "\n").collect(joining());
  }
}
