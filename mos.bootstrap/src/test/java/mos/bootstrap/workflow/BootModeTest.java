package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.Disks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootModeTest {
  private static BootMode of(String commandLine) {
    return BootMode.of(KernelCommandLine.parse(commandLine));
  }

  @Test
  void nameMosbootIsTheInstalledSystem() {
    assertEquals(new BootMode.Installed(), of("quiet root=soci:name=mosboot rd.shell=0\n"));
  }

  @Test
  void anotherNameIsALiveSystemOfTheMediumOrARegistry() {
    BootMode.Live local = (BootMode.Live) of("root=soci:name=machine/live:1.0,repo=local");
    assertTrue(local.local());
    assertEquals("oci:/run/mos/medium/zot:machine/live:1.0", local.url().toString());
    BootMode.Live remote = (BootMode.Live) of("root=soci:name=machine/live,repo=host:5000");
    assertEquals("docker://host:5000/machine/live:latest", remote.url().toString());
  }

  @Test
  void installNamesItsDiskAndWhatMayHappenToIt() {
    BootMode.Install install =
        (BootMode.Install)
            of(
                "root=soci:name=machine/a:1,repo=local mos.mode=install mos.disk=/dev/vda"
                    + " mos.flags=overwrite,replace-system");
    assertEquals(Path.of("/dev/vda"), install.disk());
    assertEquals(
        Set.of(Disks.Permission.OVERWRITE, Disks.Permission.REPLACE_SYSTEM), install.allowed());
  }

  @Test
  void provisionTakesItsFlags() {
    assertEquals(
        new BootMode.Provision(true, false),
        of("root=soci:name=mosboot mos.mode=provision mos.flags=force"));
  }

  @Test
  void theLastArgumentOfANameCounts() {
    assertEquals(Optional.of("2"), KernelCommandLine.parse("a=1 a=2 \"b=x y\"").value("a"));
    assertEquals(Optional.of("x y"), KernelCommandLine.parse("a=1 \"b=x y\"").value("b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "root=/dev/sda1",
        "root=soci:evil=1",
        "root=soci:name=mosboot mos.mode=shell",
        "root=soci:name=mosboot mos.mode=provision mos.flags=overwrite",
        "root=soci:name=a:1,repo=local mos.mode=install",
        "root=soci:name=a:1,repo=local mos.mode=install mos.disk=vda",
        "root=soci:name=a:1,repo=local mos.mode=install mos.disk=/dev/vda mos.flags=force",
        "root=soci:name=..:1,repo=local",
      })
  void whatMakesNoSenseIsRefused(String commandLine) {
    MosException e = assertThrows(MosException.class, () -> of(commandLine));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(String.valueOf(e.getMessage()).startsWith("kernel argument"), e::getMessage);
  }
}
