package mos.bootstrap.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import mos.bootstrap.workflow.BootkitBuild;
import mos.bootstrap.workflow.Bringup;
import mos.bootstrap.workflow.DiskInstallation;
import mos.bootstrap.workflow.MediaBuild;
import mos.formats.ResultFormat;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.mount.MountedImage;
import mos.testkit.JsonShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What commands write that need a machine (a TPM, a disk of its own, an initrd) or a root directory
 * with a kernel is what {@code docs/schema} says. All others run in {@code JsonOutputTest}.
 */
class ResultTest {
  static {
    // Tests belong to the module that they test, which has no use for this one.
    Module own = ResultTest.class.getModule();
    ModuleLayer.boot().findModule("com.fasterxml.jackson.databind").ifPresent(m -> own.addReads(m));
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SCHEMA = Path.of("..", "docs", "schema", "result.schema.json");
  private static final Digest DIGEST = Bytes.utf8("something").digest();

  /** The document as it is printed, read again. */
  private static Map<?, ?> printed(Result result) throws IOException {
    String line = ResultFormat.write(result.document()).text();
    assertEquals(1, line.lines().count(), line);
    return JSON.readValue(line, Map.class);
  }

  private static String misfit(Map<?, ?> document) throws IOException {
    return JsonShape.misfit(JSON.readValue(SCHEMA.toFile(), Map.class), document);
  }

  private static Map<?, ?> fitting(String kind, Result result) throws IOException {
    Map<?, ?> document = printed(result);
    assertEquals("", misfit(document), document::toString);
    assertEquals(kind, document.get("kind"));
    assertEquals("mos/v1", document.get("apiVersion"));
    assertEquals(0, result.status());
    assertFalse(result.text().isEmpty());
    return document;
  }

  static Stream<Bringup.Outcome> outcomes() {
    return Stream.of(
        new Bringup.Outcome(
            "root is image " + DIGEST + ", in memory",
            Optional.of(new MountedImage(Path.of("/sysroot"), DIGEST, true))),
        new Bringup.Outcome("installed on /dev/vda: hostfs, \"site\"", Optional.empty()));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void aBootInTheInitrd(Bringup.Outcome outcome) throws IOException {
    Map<?, ?> document = fitting("Boot", InitrdCommand.result(outcome));
    assertEquals(outcome.detail(), document.get("detail"));
  }

  @Test
  void aProvisionedMachine() throws IOException {
    fitting("Provision", ProvisionCommand.result());
  }

  @Test
  void aMachineThatWasInstalledOntoADisk() throws IOException {
    Map<?, ?> document =
        fitting(
            "Installation",
            InstallCommand.result(
                Path.of("/dev/nvme0n1"),
                Reference.parse("oci:/run/medium/zot:machine/acme:1.0"),
                new DiskInstallation.Installed("0".repeat(40), List.of("hostfs", "bootkit"))));
    assertEquals("/dev/nvme0n1", document.get("disk"));
  }

  @Test
  void aBootkit() throws IOException {
    Map<?, ?> document =
        fitting(
            "Bootkit",
            BootkitCommand.result(
                new BootkitBuild.Built(
                    "1.0a",
                    Descriptor.of(MediaTypes.MANIFEST, DIGEST, 725),
                    List.of(DIGEST, Bytes.utf8("another").digest())),
                Reference.parseSource("oci:images/bootkit:1")));
    assertEquals(DIGEST.toString(), document.get("digest"));
    assertEquals(2, ((List<?>) document.get("pcr7")).size());
  }

  @ParameterizedTest
  @EnumSource(MediaBuild.Mode.class)
  void aMedium(MediaBuild.Mode mode) throws IOException {
    fitting("Medium", MediaCommand.result(Path.of("/tmp/p.img"), mode));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anActivationByAReboot(boolean now) throws IOException {
    fitting("Activation", ActivateCommand.result("hostfs", now));
  }

  @Test
  void whatTheSchemaDoesNotDescribeIsFound() throws IOException {
    Result wrong = Result.of("Provision", "provisioned", "provisioned", false);
    assertTrue(misfit(printed(wrong)).contains(".provisioned is not true"));
    Result more = Result.of("Boot", "booted", "detail", "booted", "seconds", 3);
    assertTrue(misfit(printed(more)).contains(".seconds is not described"));
  }
}
