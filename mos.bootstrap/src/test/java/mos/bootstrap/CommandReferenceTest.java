package mos.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.bootstrap.command.Command;
import mos.bootstrap.command.Commands;
import mos.spi.ErrorCode;
import org.junit.jupiter.api.Test;

/** {@code docs/cli.md} is what the commands say of themselves. */
class CommandReferenceTest {
  private static final Path REFERENCE = Path.of("..", "docs", "cli.md");
  private static final String REGENERATE =
      "docs/cli.md is not what the commands say; if that is intended:"
          + " mvn test -pl mos.bootstrap -am -Dtest=CommandReferenceTest -Dmos.golden.write=true";

  private static final Map<ErrorCode, String> STATUSES =
      Map.of(
          ErrorCode.INTERNAL, "a defect of mos; run it again with `--debug` and report it",
          ErrorCode.USAGE, "wrong use",
          ErrorCode.INVALID, "invalid input: manifest, configuration or image",
          ErrorCode.REFUSED,
              "refused by verification: signature, chain, product, digest, verity, downgrade",
          ErrorCode.NOT_FOUND, "not found",
          ErrorCode.BUSY, "busy: a lock, whose owner is named",
          ErrorCode.RESOURCE, "a resource: disk, network, registry, kernel",
          ErrorCode.MISSING, "a plugin or a tool is missing, and named");

  private static final Map<String, List<String>> EXAMPLES =
      Map.ofEntries(
          Map.entry(
              "mosctl install",
              List.of(
                  "mosctl install --root /mnt docker://registry.example.com/machine/acme:1.0",
                  "mosctl install --disk /dev/nvme0n1 oci:/run/medium/zot:machine/acme:1.0")),
          Map.entry(
              "mosctl create-boot-fs", List.of("mosctl create-boot-fs --dest /sysroot --readonly")),
          Map.entry(
              "mosctl mount",
              List.of(
                  "mosctl mount --target web --dest /mnt/look --readonly",
                  "mosctl mount --dest /mnt/live oci:/srv/zot:machine/live:1.0")),
          Map.entry("mosctl umount", List.of("mosctl umount /mnt/look")),
          Map.entry("mosctl update", List.of("mosctl update oci:/srv/zot:machine/acme:1.1")),
          Map.entry(
              "mosctl activate", List.of("mosctl activate -t web", "mosctl activate --reboot")),
          Map.entry("mosctl boot", List.of("mosctl boot --output json")),
          Map.entry("mosctl initrd", List.of("mosctl initrd --dest /sysroot")),
          Map.entry("mosctl provision", List.of("mosctl provision --sudi /run/medium/sudi")),
          Map.entry(
              "mosb bootkit build",
              List.of(
                  "mosb bootkit build --keyset acme --kernel kit --output oci:images/bootkit:1")),
          Map.entry(
              "mosb media build",
              List.of(
                  "mosb media build --mode provision --keyset acme --sudi sudi/1 --output p.img oci:zot:machine/acme:1.0",
                  "mosb media build --mode install --keyset acme --offline --disk /dev/nvme0n1 --output i.img oci:zot:machine/acme:1.0")),
          Map.entry("mosb firmware keys", List.of("mosb firmware keys acme /media/usb/keys")),
          Map.entry("mosctl status", List.of("mosctl status --output json")),
          Map.entry("mosctl verify", List.of("mosctl verify")),
          Map.entry("mosb keyset add", List.of("mosb keyset add acme --org \"Acme Ltd\"")),
          Map.entry("mosb keyset list", List.of("mosb keyset list")),
          Map.entry("mosb keyset show", List.of("mosb keyset show acme manifest-ca")),
          Map.entry("mosb project add", List.of("mosb project add acme router")),
          Map.entry("mosb project list", List.of("mosb project list acme")),
          Map.entry("mosb sudi add", List.of("mosb sudi add acme default")),
          Map.entry("mosb sudi list", List.of("mosb sudi list acme default")),
          Map.entry(
              "mosb image build",
              List.of("mosb image build --output oci:images/web:2.3 --format erofs base.tar web/")),
          Map.entry("mosb manifest check", List.of("mosb manifest check manifest.yaml")),
          Map.entry(
              "mosb manifest publish",
              List.of(
                  "mosb manifest publish --project acme:default --repo oci:/srv/zot --name machine/acme:1.0 manifest.yaml")));

  @Test
  void referenceIsWhatTheCommandsSay() throws IOException {
    String actual = reference();
    if (Boolean.getBoolean("mos.golden.write")) {
      Files.writeString(REFERENCE, actual);
    }
    String expected = Files.exists(REFERENCE) ? Files.readString(REFERENCE) : "";
    assertEquals(expected, actual, REGENERATE);
  }

  private static String reference() {
    StringBuilder text =
        new StringBuilder("# Commands\n\n")
            .append("Made from the commands themselves by `CommandReferenceTest`; do not edit.\n\n")
            .append("Results go to standard output, everything else to standard error. ")
            .append("`--output json` gives one document as in\n")
            .append(
                "[schema/result.schema.json](schema/result.schema.json), `--progress json` one event per line as in\n")
            .append("[schema/event.schema.json](schema/event.schema.json). ")
            .append("`--version` names version, commit and modules of the image.\n\n")
            .append("## Exit status\n\n| status | meaning |\n|---|---|\n")
            .append("| 0 | done; also: there was nothing to do |\n");
    for (ErrorCode code : ErrorCode.values()) {
      text.append("| ")
          .append(code.exitStatus())
          .append(" | ")
          .append(STATUSES.get(code))
          .append(" |\n");
    }
    program(text, Mosctl.program(), Commands.mosctl());
    program(text, Mosb.program(), Commands.mosb());
    return text.toString();
  }

  private static void program(
      StringBuilder text,
      Program program,
      Map<String, java.util.function.Supplier<Command>> commands) {
    text.append("\n## ")
        .append(program.name())
        .append("\n\n")
        .append(program.description())
        .append('\n');
    commands.forEach(
        (name, supplier) -> {
          String called = program.name() + " " + name;
          text.append("\n### ").append(called).append("\n\n```text\n");
          text.append(program.usage(name, supplier.get().withCommonOptions()));
          text.append("```\n\nFor example:\n\n```sh\n");
          EXAMPLES.getOrDefault(called, List.of()).forEach(line -> text.append(line).append('\n'));
          text.append("```\n");
        });
  }

  @Test
  void everyCommandHasAnExampleThatItsOptionsAccept() {
    check(Mosctl.program(), Commands.mosctl());
    check(Mosb.program(), Commands.mosb());
  }

  private static void check(
      Program program, Map<String, java.util.function.Supplier<Command>> commands) {
    commands.forEach(
        (name, supplier) -> {
          String called = program.name() + " " + name;
          List<String> examples = EXAMPLES.getOrDefault(called, List.of());
          assertEquals(false, examples.isEmpty(), called + " has no example");
          for (String example : examples) {
            String arguments =
                example.substring(called.length()).strip().replace("\"Acme Ltd\"", "Acme");
            String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
            new picocli.CommandLine(supplier.get().withCommonOptions().spec()).parseArgs(words);
          }
        });
  }
}
