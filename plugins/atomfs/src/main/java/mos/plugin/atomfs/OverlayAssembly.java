package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import mos.linux.FileDescriptor;
import mos.linux.LinuxException;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * Joins layers to an overlay that is mounted nowhere yet. The layers themselves are mounted in a
 * namespace of a thread's own: nobody else ever sees them, the overlay keeps what it needs of them,
 * and if the process dies at any moment they are gone with it.
 *
 * <p>Inside, everything has a short relative name, so that the kernel's limit of 255 bytes for an
 * option and the characters that mean something in it do not matter.
 */
final class OverlayAssembly {
  private static final String EMPTY = "_";
  private static final int OPTION_SIZE = 255;

  private final String source;
  private final Path stage;
  private final Optional<Scratch> writable;

  /**
   * @param source what the mount table is to say
   * @param stage any directory; what is in it is not touched
   * @param writable where upper and work directories are
   */
  OverlayAssembly(String source, Path stage, Optional<Scratch> writable) {
    this.source = source;
    this.stage = stage;
    this.writable = writable;
  }

  /**
   * Makes the overlay.
   *
   * @param layers mounts that are nowhere yet, top first
   */
  FileDescriptor join(List<FileDescriptor> layers) {
    FutureTask<FileDescriptor> task = new FutureTask<>(() -> joinHere(layers));
    Thread thread = new Thread(task, "overlay");
    thread.start();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, "interrupted while mounting", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof MosException known) {
        throw known;
      }
      if (cause instanceof IOException io) {
        throw MosException.io("cannot join layers", io);
      }
      throw new MosException(ErrorCode.INTERNAL, "cannot join layers", e);
    }
  }

  private FileDescriptor joinHere(List<FileDescriptor> layers) throws IOException {
    try (FileDescriptor host = Mount.leaveNamespace()) {
      try {
        return joinApart(layers);
      } finally {
        // The thread's end would do it too, but at some time after the mount is in use.
        Mount.enterNamespace(host);
      }
    }
  }

  private FileDescriptor joinApart(List<FileDescriptor> layers) throws IOException {
    if (writable.isEmpty()) {
      return joinIn(layers, Optional.empty());
    }
    // Taken before the stage may hide it.
    try (FileDescriptor scratch = Mount.copy(writable.get().directory())) {
      return joinIn(layers, Optional.of(scratch));
    }
  }

  private FileDescriptor joinIn(List<FileDescriptor> layers, Optional<FileDescriptor> scratch)
      throws IOException {
    try (Mount.Context tmpfs = Mount.open("tmpfs");
        FileDescriptor room = tmpfs.set("source", "mos").mount(false)) {
      Mount.attach(room, stage);
    }
    List<String> lower = new ArrayList<>();
    for (FileDescriptor layer : layers) {
      lower.add(place(Integer.toString(lower.size(), Character.MAX_RADIX), layer));
    }
    Consumer<Mount.Context> upper = overlay -> {};
    if (writable.isPresent() && scratch.isPresent()) {
      Scratch kept = writable.get();
      String name = place(kept.name(), scratch.get());
      kept.takeAttributes(stage.resolve(lower.getFirst()), stage.resolve(name));
      upper = overlay -> kept.configure(overlay);
    } else {
      // The kernel wants two lower directories where there is no upper one.
      Files.createDirectory(stage.resolve(EMPTY));
      lower.add(EMPTY);
    }
    Mount.changeDirectory(stage);
    return overlay(lower, upper);
  }

  /** Kernels before 6.7 do not know {@code lowerdir+}; before 6.5 they say so at the very end. */
  private FileDescriptor overlay(List<String> lower, Consumer<Mount.Context> upper) {
    try {
      return overlay(
          upper.andThen(overlay -> lower.forEach(name -> overlay.set("lowerdir+", name))));
    } catch (LinuxException e) {
      String joined = String.join(":", lower);
      if (e.errno() != LinuxException.EINVAL || joined.length() > OPTION_SIZE) {
        throw e;
      }
      return overlay(upper.andThen(overlay -> overlay.set("lowerdir", joined)));
    }
  }

  private FileDescriptor overlay(Consumer<Mount.Context> options) {
    try (Mount.Context overlay = Mount.open("overlay")) {
      overlay.set("source", source);
      options.accept(overlay);
      return overlay.mount(writable.isEmpty());
    }
  }

  private String place(String name, FileDescriptor mount) throws IOException {
    Path directory = Files.createDirectory(stage.resolve(name));
    Mount.attach(mount, directory);
    return name;
  }
}
