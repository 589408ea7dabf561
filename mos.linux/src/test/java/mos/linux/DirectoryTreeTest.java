package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryTreeTest {
  @TempDir Path temporary;
  private Path tree;
  private Path other;

  @BeforeEach
  void aTreeAndWhatIsNotOfIt() throws IOException {
    tree = temporary.resolve("tree");
    Files.createDirectories(tree.resolve("a/b c\\ /d"));
    Files.createDirectories(tree.resolve("empty"));
    Files.writeString(tree.resolve("a/file"), "x");
    other = Files.createDirectory(temporary.resolve("tree2"));
    Files.writeString(other.resolve("kept"), "x");
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void everythingInItGoes() throws IOException {
    DirectoryTree.remove(tree);
    assertFalse(isThere(tree));
    assertTrue(isThere(other.resolve("kept")));
  }

  @Test
  void nothingIsDoneWhereThereIsNothing() throws IOException {
    DirectoryTree.remove(temporary.resolve("none"));
    DirectoryTree.remove(temporary.resolve("none/below"));
  }

  @Test
  void aFileGoesToo() throws IOException {
    DirectoryTree.remove(tree.resolve("a/file"));
    assertFalse(isThere(tree.resolve("a/file")));
    assertTrue(isThere(tree.resolve("a")));
  }

  @Test
  void linksGoAndWhatTheyPointAtStays() throws IOException {
    Files.createSymbolicLink(tree.resolve("a/directory"), other);
    Files.createSymbolicLink(tree.resolve("a/one"), other.resolve("kept"));
    Files.createSymbolicLink(tree.resolve("a/nowhere"), temporary.resolve("none"));
    Files.createSymbolicLink(tree.resolve("a/up"), Path.of(".."));
    DirectoryTree.remove(tree);
    assertFalse(isThere(tree));
    assertTrue(isThere(other.resolve("kept")));
  }

  @Test
  void aTreeThatIsALinkIsALink() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), other);
    DirectoryTree.remove(link);
    assertFalse(isThere(link));
    assertTrue(isThere(other.resolve("kept")));
  }

  private void assertKept(Path mounted) {
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> DirectoryTree.remove(tree));
    assertEquals(mounted.toString(), e.getFile());
    assertTrue(isThere(tree.resolve("a/file")), "nothing is removed");
    assertTrue(isThere(tree.resolve("empty")), "nothing is removed");
  }

  @Test
  void whatIsMountedInItIsNotEntered() throws IOException {
    RootOnly.assume();
    Path place = tree.toRealPath().resolve("a/b c\\ /d");
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount = context.mount(false)) {
      Mount.attach(mount, place);
    }
    try {
      Files.writeString(place.resolve("kept"), "x");
      assertKept(place);
      assertTrue(isThere(place.resolve("kept")));
    } finally {
      Mount.unmount(place);
    }
    DirectoryTree.remove(tree);
    assertFalse(isThere(tree));
  }

  @Test
  void aBindMountOfTheSameFileSystemIsNotEntered() throws IOException {
    RootOnly.assume();
    Path place = tree.toRealPath().resolve("empty");
    Mount.bind(other, place);
    try {
      assertKept(place);
      assertTrue(isThere(other.resolve("kept")));
    } finally {
      Mount.unmount(place);
    }
  }

  @Test
  void aMountIsFoundBehindALinkAboveTheTree() throws IOException {
    RootOnly.assume();
    Path place = tree.toRealPath().resolve("empty");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary);
    Mount.bind(other, place);
    try {
      assertThrows(IOException.class, () -> DirectoryTree.remove(link.resolve("tree")));
      assertTrue(isThere(other.resolve("kept")));
    } finally {
      Mount.unmount(place);
    }
  }

  @Test
  void aMountBesideItDoesNotMatter() throws IOException {
    RootOnly.assume();
    Mount.bind(tree.resolve("empty"), other);
    try {
      DirectoryTree.remove(tree);
      assertFalse(isThere(tree));
    } finally {
      Mount.unmount(other);
    }
  }
}
