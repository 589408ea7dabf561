package mos.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A jar of the module path and the form in which an image takes it.
 *
 * @param jar the file
 * @param descriptor its module, possibly automatic
 */
record Library(Path jar, ModuleDescriptor descriptor) {

  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  /** The library in a jar file. */
  static Library of(Path jar) {
    return ModuleFinder.of(jar).findAll().stream()
        .findFirst()
        .map(module -> new Library(jar, module.descriptor()))
        .orElseThrow(() -> new IllegalArgumentException(jar + ": not a module"));
  }

  String module() {
    return descriptor.name();
  }

  /**
   * Writes the jar that an image takes: with a descriptor, without signatures (no longer true, and
   * {@code jlink} refuses them), without native code (the one needed goes into the image's {@code
   * lib}), in class files that an AOT cache accepts.
   *
   * @throws IllegalStateException when the module is automatic and {@link Descriptor#MISSING} does
   *     not name it
   */
  void writeTo(Path target) throws IOException {
    Map<String, byte[]> entries = readEntries();
    ClassFileVersion classFiles = new ClassFileVersion(entries);
    entries.replaceAll(
        (name, content) -> name.endsWith(".class") ? classFiles.raised(content) : content);
    if (descriptor.isAutomatic()) {
      Descriptor missing = Descriptor.MISSING.get(module());
      if (missing == null) {
        throw new IllegalStateException(
            jar + ": module " + module() + " has no descriptor; add one to Descriptor.MISSING");
      }
      entries.put("module-info.class", missing.moduleInfo(version(), packages(entries)));
    }
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file)) {
      // Stored: jlink unpacks it again at once.
      out.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(stored(entry.getKey(), entry.getValue()));
        out.write(entry.getValue());
      }
    }
  }

  private String version() {
    return descriptor
        .rawVersion()
        .orElseThrow(() -> new IllegalStateException(jar + ": no version in the file's name"));
  }

  private Map<String, byte[]> readEntries() throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (ZipEntry entry : file.stream().toList()) {
        if (!entry.isDirectory() && isWanted(entry.getName())) {
          try (InputStream in = file.getInputStream(entry)) {
            entries.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    return entries;
  }

  private static boolean isWanted(String name) {
    boolean signature =
        name.startsWith("META-INF/") && (name.endsWith(".SF") || name.endsWith(".RSA"));
    boolean nativeCode =
        name.endsWith(".so")
            || name.endsWith(".dll")
            || name.endsWith(".jnilib")
            || name.endsWith(".a");
    return !signature && !nativeCode;
  }

  private static SortedSet<String> packages(Map<String, byte[]> entries) {
    SortedSet<String> packages = new TreeSet<>();
    for (String name : entries.keySet()) {
      int slash = name.lastIndexOf('/');
      if (slash > 0 && name.endsWith(".class") && !name.startsWith("META-INF/")) {
        packages.add(name.substring(0, slash).replace('/', '.'));
      }
    }
    return packages;
  }

  private static ZipEntry stored(String name, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    return entry;
  }
}
