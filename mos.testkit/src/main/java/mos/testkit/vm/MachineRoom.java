package mos.testkit.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the machines of a test stand: a directory for their disks, variables and console logs. When
 * the test is over, the machines are switched off; the directory is removed, or, after a failure,
 * kept, and its name is in the report.
 *
 * <p>As an instance field of a test class there is one for each test, as a static field one for all
 * tests of the class together.
 *
 * <pre>{@code
 * @RegisterExtension final MachineRoom room = new MachineRoom();
 *
 * @Test
 * void aMachineStarts() {
 *   GuestMaterial material = GuestMaterial.prepared();
 *   VirtualMachine machine =
 *       room.machine("first").kernel(material.kernel(), material.probe(), "quiet").start();
 * }
 * }</pre>
 *
 * <p>The directories lie in {@code target/vm}, or in that of the system property {@code
 * mos.vm.room}.
 */
public final class MachineRoom
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private final List<VirtualMachine> machines = new CopyOnWriteArrayList<>();
  private Optional<Path> directory = Optional.empty();
  private boolean shared;
  private boolean failed;

  /** For a field of a test class. */
  public MachineRoom() {}

  /** The directory. */
  public Path directory() {
    return directory.orElseThrow(() -> new IllegalStateException("no test is running"));
  }

  /** A file in it. */
  public Path file(String name) {
    return directory().resolve(name);
  }

  /** A machine that is switched off when the test is over. */
  public VirtualMachine.Builder machine(String name) {
    return VirtualMachine.builder(name, directory(), machines::add);
  }

  /** A new TPM's state, for {@link VirtualMachine.Builder#tpm}. */
  public Path tpm(String name) {
    Path state = file(name);
    Swtpm.manufacture(state);
    return state;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared = true;
    open(context.getRequiredTestClass().getSimpleName());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!shared) {
      open(
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    noteFailure(context);
    if (!shared) {
      leave();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    noteFailure(context);
    if (shared) {
      leave();
    }
  }

  private void open(String name) {
    Path room = Path.of(System.getProperty("mos.vm.room", "target/vm")).toAbsolutePath();
    Path mine = room.resolve(name);
    try {
      if (Files.exists(mine)) {
        // What a failure left is looked at by somebody, and a test that failed may be tried again.
        Path before = room.resolve(name + ".before");
        FileTree.remove(before);
        Files.move(mine, before);
      }
      directory = Optional.of(Files.createDirectories(mine));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    failed = false;
  }

  private void noteFailure(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(
            failure -> {
              failed = true;
              failure.addSuppressed(new Kept(directory()));
            });
  }

  private void leave() {
    machines.reversed().forEach(VirtualMachine::close);
    machines.clear();
    if (!failed) {
      FileTree.remove(directory());
    }
    directory = Optional.empty();
  }

  /** Says in a failure's report where to look. */
  private static final class Kept extends Exception {
    private static final long serialVersionUID = 1;

    Kept(Path directory) {
      super("console logs and disks are kept in " + directory, null, false, false);
    }
  }
}
