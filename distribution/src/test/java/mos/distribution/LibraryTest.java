package mos.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {

  @TempDir Path directory;

  @Test
  void aLibraryWithoutADescriptorGetsOneThatExportsAllItsPackages() throws IOException {
    Library library = Library.of(published("org.eclipse.jgit-"));
    assertTrue(library.descriptor().isAutomatic());
    Path target = directory.resolve("jgit.jar");
    library.writeTo(target);
    ModuleDescriptor written = Library.of(target).descriptor();
    assertFalse(written.isAutomatic());
    assertEquals("org.eclipse.jgit", written.name());
    assertEquals(written.packages().size(), written.exports().size());
  }

  @Test
  void signaturesAndNativeCodeAreLeftOut() throws IOException {
    for (String name : List.of("org.eclipse.jgit-", "jna-")) {
      Path target = directory.resolve(name + "written.jar");
      Library.of(published(name)).writeTo(target);
      try (JarFile jar = new JarFile(target.toFile())) {
        assertEquals(
            List.of(),
            jar.stream()
                .map(JarEntry::getName)
                .filter(Pattern.compile("\\.(SF|RSA|so|dll|jnilib)$").asPredicate())
                .toList());
      }
    }
  }

  @Test
  void everyClassOfPicocliIsRaisedAndStillVerifies() throws Exception {
    Path target = directory.resolve("picocli.jar");
    Library.of(published("picocli-")).writeTo(target);
    try (JarFile jar = new JarFile(target.toFile());
        URLClassLoader loader =
            new URLClassLoader(
                new URL[] {target.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      List<JarEntry> classes =
          jar.stream().filter(entry -> entry.getName().matches("picocli/.*\\.class")).toList();
      assertTrue(classes.size() > 100, classes::toString);
      for (JarEntry entry : classes) {
        byte[] content = jar.getInputStream(entry).readAllBytes();
        assertTrue(content[7] >= 52, entry::getName);
        String name = entry.getName().replaceFirst("\\.class$", "").replace('/', '.');
        // Initialising links, and linking verifies.
        Class.forName(name, true, loader);
      }
    }
  }

  @Test
  void theSameLibraryIsWrittenToTheSameBytes() throws IOException {
    Library library = Library.of(published("jna-"));
    library.writeTo(directory.resolve("one.jar"));
    library.writeTo(directory.resolve("other.jar"));
    assertEquals(-1, Files.mismatch(directory.resolve("one.jar"), directory.resolve("other.jar")));
  }

  @Test
  void anAutomaticModuleThatNobodyDescribedIsRefused() throws IOException {
    Path jar = directory.resolve("stranger-1.0.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("stranger/readme.txt"));
    }
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class,
            () -> Library.of(jar).writeTo(directory.resolve("written.jar")));
    assertTrue(refusal.getMessage().contains("module stranger has no descriptor"));
  }

  private static Path published(String prefix) {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getProperty("java.class.path"))
        .map(Path::of)
        .filter(path -> path.getFileName().toString().startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }
}
