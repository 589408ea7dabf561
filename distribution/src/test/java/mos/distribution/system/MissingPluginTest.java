package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command whose plugin is absent says which plugin would bring it. */
final class MissingPluginTest {
  @TempDir Path temporary;

  @Test
  void activateInTheInitrdNamesTheActivationPlugin() throws IOException {
    Path root = Files.createDirectories(temporary.resolve("root"));
    Programs.run(Programs.initrdMosctl("activate", "--root", root, "-t", "web"))
        .ends(8)
        .says("systemd-activate");
    assertEquals(Set.of(""), Tree.of(root).keySet());
  }

  @Test
  void registryReferenceNamesTheRegistryPlugin() throws IOException {
    Path root = Files.createDirectories(temporary.resolve("root"));
    Path ca = Files.writeString(temporary.resolve("ca.pem"), "");
    Programs.run(
            Programs.initrdMosctl(
                "install", "--root", root, "--ca", ca, "docker://localhost:5000/machine:1"))
        .ends(8)
        .says("registry");
    assertEquals(Set.of(""), Tree.of(root).keySet());
  }

  @Test
  void wrongUseIsStatusTwo() {
    Programs.run(Programs.mosctl("no-such-command")).ends(2);
    Programs.run(Programs.mosb("manifest", "publish")).ends(2);
  }
}
