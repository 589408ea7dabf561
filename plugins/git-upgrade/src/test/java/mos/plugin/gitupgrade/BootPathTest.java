package mos.plugin.gitupgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootPathTest {
  @TempDir private Path directory;

  @Test
  void readingWhatMosHasWrittenDoesNotWaitForJGitToStart() {
    WriterProcess.commit(directory, "1");
    List<String> command =
        new ArrayList<>(ChildJava.command(ReaderProcess.class, directory.toString()));
    command.add(1, "-Xlog:class+load:stdout");
    List<String> lines = Git.output(command).lines().toList();
    assertTrue(lines.contains("read 2"), () -> String.join("\n", lines));
    List<String> repositories =
        lines.stream().filter(line -> line.contains("org.eclipse.jgit.internal.storage")).toList();
    assertEquals(List.of(), repositories);
  }
}
