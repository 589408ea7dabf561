package mos.plugin.disk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import mos.linux.EfiVariables;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootPartition;
import mos.spi.boot.Bootkit;

/** The EFI system partition, mounted somewhere. How it is written: ADR 62. */
public final class SystemPartition implements BootPartition {
  /** How often a new UKI is tried before it counts as bad. */
  private static final int TRIES = 3;

  /** A name that takes one entry of a FAT directory, so that it goes in the sector that counts. */
  private static final String TEMPORARY = "MOS-NEW.TMP";

  private static final List<String> UKIS = List.of("EFI", "Linux");
  private static final List<String> FALLBACK = List.of("EFI", "BOOT", "BOOTX64.EFI");
  private static final List<String> LOADER = List.of("EFI", "systemd", "systemd-bootx64.efi");
  private static final List<String> CONFIGURATION = List.of("loader", "loader.conf");

  /** What every systemd-boot says of itself. */
  private static final String MARK = "#### LoaderInfo: systemd-boot ";

  private static final long LARGEST_LOADER = 16 << 20;
  private static final long LARGEST_CONFIGURATION = 64 << 10;

  /** Directories may grow, too. */
  private static final int SPARE_BLOCKS = 8;

  private final FileSteps steps;
  private final EfiVariables firmware;

  /** For the service loader. */
  public SystemPartition() {
    this(new FileSteps(), EfiVariables.here());
  }

  /** With steps that fail, for tests. */
  SystemPartition(FileSteps steps, EfiVariables firmware) {
    this.steps = steps;
    this.firmware = firmware;
  }

  /** Reads or changes files. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T on(Path esp, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw MosException.io("system partition " + esp, e);
    }
  }

  @Override
  public List<Entry> entries(Path esp) {
    return on(
        esp,
        () -> {
          List<Entry> entries = new ArrayList<>();
          for (Path file : children(find(esp, UKIS))) {
            UkiName.parse(file.getFileName().toString())
                .ifPresent(name -> entries.add(new Entry(name.id(), file, name.triesLeft())));
          }
          entries.sort(Comparator.comparing(Entry::id).thenComparing(Entry::file));
          return List.copyOf(entries);
        });
  }

  @Override
  public Optional<String> selected(Path esp) {
    return on(esp, () -> LoaderConf.selected(configuration(esp)));
  }

  /** A file that is to be there. */
  private record Wanted(Path source, List<String> place) {}

  /** Reads every file that is there once: a UKI is large. */
  @Override
  public void add(Path esp, Bootkit bootkit) {
    on(
        esp,
        () -> {
          List<Wanted> wanted = new ArrayList<>();
          List<Path> present = ukis(esp, bootkit.id());
          List<Path> others = differing(present, bootkit.uki());
          if (others.size() == present.size()) {
            String name = UkiName.counted(bootkit.id(), TRIES).toString();
            wanted.add(new Wanted(bootkit.uki(), List.of("EFI", "Linux", name)));
          }
          if (!FileContent.isSame(bootkit.loader(), find(esp, FALLBACK))) {
            checkFallback(esp);
            wanted.add(new Wanted(bootkit.loader(), FALLBACK));
          }
          if (!FileContent.isSame(bootkit.loader(), find(esp, LOADER))) {
            wanted.add(new Wanted(bootkit.loader(), LOADER));
          }
          removeTemporaries(esp);
          checkRoom(esp, wanted);
          for (Wanted file : wanted) {
            try (InputStream content = Files.newInputStream(file.source())) {
              // What took the place of another is no other any more.
              others.remove(put(esp, file.place(), content));
            }
          }
          // Two of one id: the loader would not know which is meant.
          for (Path other : others) {
            steps.delete(other);
          }
          return true;
        });
  }

  private List<Path> ukis(Path esp, String id) {
    return entries(esp).stream().filter(entry -> entry.id().equals(id)).map(Entry::file).toList();
  }

  private static List<Path> differing(List<Path> files, Path wanted) throws IOException {
    List<Path> differing = new ArrayList<>();
    for (Path file : files) {
      if (!FileContent.isSame(wanted, file)) {
        differing.add(file);
      }
    }
    return differing;
  }

  /** Refuses to replace somebody else's fallback loader. */
  private static void checkFallback(Path esp) throws IOException {
    Path fallback = find(esp, FALLBACK);
    if (!Files.exists(fallback)
        || FileContent.isSame(find(esp, LOADER), fallback)
        || isSystemdBoot(fallback)) {
      return;
    }
    throw new MosException(
        ErrorCode.RESOURCE, fallback + ": is the boot loader of another system; move it away");
  }

  private static boolean isSystemdBoot(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes((int) LARGEST_LOADER);
      return new String(content, StandardCharsets.ISO_8859_1).contains(MARK);
    }
  }

  private static void checkRoom(Path esp, List<Wanted> wanted) throws IOException {
    FileStore store = Files.getFileStore(esp);
    long block = store.getBlockSize();
    long needed = wanted.isEmpty() ? 0 : SPARE_BLOCKS * block;
    for (Wanted file : wanted) {
      needed += Math.ceilDiv(Files.size(file.source()), block) * block;
    }
    if (needed > store.getUsableSpace()) {
      throw new MosException(
          ErrorCode.RESOURCE,
          "system partition "
              + esp
              + ": has no room: "
              + needed
              + " bytes are needed, "
              + store.getUsableSpace()
              + " are free");
    }
  }

  @Override
  public void select(Path esp, String id) {
    on(
        esp,
        () -> {
          checkUnmistakable(esp, id);
          String is = configuration(esp);
          String becomes = LoaderConf.select(is, id);
          if (!becomes.equals(is)) {
            removeTemporaries(esp);
            byte[] content = becomes.getBytes(StandardCharsets.ISO_8859_1);
            put(esp, CONFIGURATION, new ByteArrayInputStream(content));
          }
          return true;
        });
  }

  @Override
  public boolean startOnce(Path esp, String id) {
    checkUnmistakable(esp, id);
    return firmware.startOnce(LoaderConf.pattern(id));
  }

  /** Refuses an id that is not there, or whose pattern fits another one. */
  private void checkUnmistakable(Path esp, String id) {
    List<Entry> entries = entries(esp);
    if (entries.stream().noneMatch(entry -> entry.id().equals(id))) {
      throw MosException.notFound("system partition " + esp + ": has no bootkit " + id);
    }
    for (Entry entry : entries) {
      if (entry.id().startsWith(id + ".")) {
        throw new MosException(
            ErrorCode.USAGE, "the boot loader cannot tell bootkit " + id + " from " + entry.id());
      }
    }
  }

  @Override
  public void bless(Path esp, String id) {
    on(
        esp,
        () -> {
          List<Entry> entries =
              entries(esp).stream().filter(entry -> entry.id().equals(id)).toList();
          if (entries.isEmpty()) {
            throw MosException.notFound("system partition " + esp + ": has no bootkit " + id);
          }
          boolean blessed = entries.stream().anyMatch(entry -> entry.triesLeft().isEmpty());
          for (Entry entry : entries) {
            if (!blessed) {
              Path name = entry.file().resolveSibling(UkiName.blessed(id).toString());
              steps.rename(entry.file(), name);
              blessed = true;
            } else if (entry.triesLeft().isPresent()) {
              steps.delete(entry.file());
            }
          }
          return true;
        });
  }

  @Override
  public void keepOnly(Path esp, Set<String> ids) {
    on(
        esp,
        () -> {
          Optional<String> selected = selected(esp);
          if (selected.filter(id -> !ids.contains(id)).isPresent()) {
            throw new MosException(
                ErrorCode.USAGE, "bootkit " + selected.get() + " is selected and must be kept");
          }
          removeTemporaries(esp);
          for (Entry entry : entries(esp)) {
            if (!ids.contains(entry.id())) {
              steps.delete(entry.file());
            }
          }
          return true;
        });
  }

  /** Puts a file in its place, whole or not at all; gives its path. */
  private Path put(Path esp, List<String> place, InputStream content) throws IOException {
    Path directory = esp;
    for (String name : place.subList(0, place.size() - 1)) {
      directory = child(directory, name);
      if (!Files.isDirectory(directory)) {
        steps.create(directory);
      }
    }
    Path target = child(directory, place.getLast());
    Path temporary = directory.resolve(TEMPORARY);
    steps.write(temporary, content);
    if (Files.exists(target)) {
      steps.replace(temporary, target);
    } else {
      steps.rename(temporary, target);
    }
    return target;
  }

  /** What an interrupted run left. */
  private void removeTemporaries(Path esp) throws IOException {
    for (List<String> place :
        List.of(
            List.of("EFI", "Linux", TEMPORARY),
            sibling(FALLBACK),
            sibling(LOADER),
            sibling(CONFIGURATION))) {
      Path file = find(esp, place);
      if (Files.exists(file)) {
        steps.delete(file);
      }
    }
  }

  private static List<String> sibling(List<String> place) {
    List<String> sibling = new ArrayList<>(place);
    sibling.set(place.size() - 1, TEMPORARY);
    return sibling;
  }

  /** The configuration as Latin-1, so that every byte of it stays; empty when there is none. */
  private static String configuration(Path esp) throws IOException {
    Path file = find(esp, CONFIGURATION);
    if (!Files.exists(file)) {
      return "";
    }
    if (Files.size(file) > LARGEST_CONFIGURATION) {
      throw MosException.invalid(file + ": is larger than " + LARGEST_CONFIGURATION + " bytes");
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static Path find(Path esp, List<String> place) throws IOException {
    Path path = esp;
    for (String name : place) {
      path = child(path, name);
    }
    return path;
  }

  /** A child by its name in whatever case, as firmware finds it; or where it would be. */
  private static Path child(Path directory, String name) throws IOException {
    for (Path child : children(directory)) {
      if (child.getFileName().toString().equalsIgnoreCase(name)) {
        return child;
      }
    }
    return directory.resolve(name);
  }

  private static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }
}
