package com.example.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.activate.Activation;
import mos.spi.model.Bytes;
import mos.spi.model.ServiceType;
import mos.spi.verify.VerifiedImage;
import mos.testkit.CopyingHost;
import mos.testkit.TestImages;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is special about this one. */
class InventoryActivatorTest {
  private final InventoryActivator activator = new InventoryActivator();
  private final VerifiedImage image =
      TestImages.image("parts", new ServiceType("inventory"), "parts");

  @TempDir private Path root;
  private CopyingHost host;
  private Path list;

  @BeforeEach
  void store() {
    host = new CopyingHost(root);
    host.store(image, Map.of("b", "second", "a/one", "first"));
    list = root.resolve("run/mos/inventory/parts");
  }

  @Test
  void itListsEveryFileWithItsDigest() throws IOException {
    activator.activate(image, host);
    assertEquals(
        List.of(
            "# image " + image.digest(),
            Bytes.utf8("first").digest().hex() + "  a/one",
            Bytes.utf8("second").digest().hex() + "  b"),
        Files.readAllLines(list));
    assertEquals(List.of(), host.mounts());
  }

  @Test
  void aListThatIsDamagedIsMadeAgain() throws IOException {
    activator.activate(image, host);
    Files.writeString(list, "something else\n");
    assertEquals(Activation.Outcome.STARTED, activator.activate(image, host).outcome());
    assertEquals(Optional.of(image.digest()), activator.state("parts", host).running());
  }

  @Test
  void stopRemovesTheList() {
    activator.activate(image, host);
    activator.stop("parts", host);
    assertFalse(Files.exists(list));
  }
}
