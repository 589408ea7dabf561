package mos.distribution;

import com.tngtech.archunit.core.importer.Location;
import java.io.File;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The modules of this project, as they stand on the class path of the tests, but for the test kit,
 * which no image has.
 */
final class OurModules {

  private OurModules() {}

  /** The jar or class directory of every module. */
  static Set<Location> locations() {
    return references().map(OurModules::location).collect(Collectors.toSet());
  }

  static List<ModuleDescriptor> descriptors() {
    return references().map(ModuleReference::descriptor).toList();
  }

  static List<ModuleDescriptor> plugins() {
    return descriptors().stream()
        .filter(module -> module.name().startsWith("mos.plugin."))
        .toList();
  }

  static ModuleDescriptor descriptor(String name) {
    return descriptors().stream()
        .filter(module -> module.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new FindException(name));
  }

  private static Stream<ModuleReference> references() {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getProperty("java.class.path"))
        .map(Path::of)
        .filter(OurModules::isModular)
        .flatMap(path -> ModuleFinder.of(path).findAll().stream())
        .filter(module -> module.descriptor().name().startsWith("mos."))
        .filter(module -> !module.descriptor().name().equals("mos.testkit"))
        .sorted((one, other) -> one.descriptor().compareTo(other.descriptor()));
  }

  private static boolean isModular(Path path) {
    if (path.toString().endsWith(".jar")) {
      return path.getFileName().toString().startsWith("mos.");
    }
    return path.resolve("module-info.class").toFile().exists();
  }

  private static Location location(ModuleReference module) {
    URI uri = module.location().orElseThrow();
    return Location.of(uri.getPath().endsWith(".jar") ? URI.create("jar:" + uri + "!/") : uri);
  }
}
