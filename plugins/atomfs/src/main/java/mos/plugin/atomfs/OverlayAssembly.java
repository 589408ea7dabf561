package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
 * <p>Inside, everything has a short relative name, so that the kernel's limit of 4096 bytes for an
 * option string and the characters that mean something in it do not matter.
 */
final class OverlayAssembly {
  private static final String UPPER = "upper";
  private static final String WORK = "work";
  private static final String SCRATCH = "w";
  private static final String EMPTY = "e";

  private final String source;
  private final Path stage;
  private final Optional<Path> writable;

  /**
   * @param source what the mount table is to say
   * @param stage any directory; what is in it is not touched
   * @param writable where upper and work directories are
   */
  OverlayAssembly(String source, Path stage, Optional<Path> writable) {
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
      throw e.getCause() instanceof MosException known
          ? known
          : new MosException(ErrorCode.INTERNAL, "cannot join layers", e);
    }
  }

  private FileDescriptor joinHere(List<FileDescriptor> layers) throws IOException {
    Mount.leaveNamespace();
    Optional<FileDescriptor> scratch = writable.map(Mount::copy);
    try (Mount.Context tmpfs = Mount.open("tmpfs");
        FileDescriptor room = tmpfs.set("source", "mos").mount(false)) {
      Mount.attach(room, stage);
    }
    List<String> lower = new ArrayList<>();
    for (FileDescriptor layer : layers) {
      lower.add(place(Integer.toString(lower.size()), layer));
    }
    if (scratch.isPresent()) {
      place(SCRATCH, scratch.get());
    } else {
      // The kernel wants two lower directories where there is no upper one.
      Files.createDirectory(stage.resolve(EMPTY));
      lower.add(EMPTY);
    }
    Mount.changeDirectory(stage);
    try {
      return overlay(lower, true);
    } catch (LinuxException e) {
      // Kernels before 6.7 do not know "lowerdir+", and say so only when the overlay is made.
      if (e.errno() != LinuxException.EINVAL) {
        throw e;
      }
      return overlay(lower, false);
    } finally {
      scratch.ifPresent(FileDescriptor::close);
    }
  }

  private FileDescriptor overlay(List<String> lower, boolean oneByOne) {
    try (Mount.Context overlay = Mount.open("overlay")) {
      overlay.set("source", source);
      if (oneByOne) {
        lower.forEach(directory -> overlay.set("lowerdir+", directory));
      } else {
        overlay.set("lowerdir", String.join(":", lower));
      }
      if (writable.isPresent()) {
        overlay.set("upperdir", SCRATCH + "/" + UPPER).set("workdir", SCRATCH + "/" + WORK);
      }
      return overlay.mount(writable.isEmpty());
    }
  }

  private String place(String name, FileDescriptor mount) throws IOException {
    Path directory = Files.createDirectory(stage.resolve(name));
    Mount.attach(mount, directory);
    return name;
  }
}
