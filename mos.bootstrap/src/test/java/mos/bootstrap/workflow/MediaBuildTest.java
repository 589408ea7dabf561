package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.bootstrap.workflow.MediaBuild.Mode;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.Disks.Permission;
import mos.spi.image.Reference;
import org.junit.jupiter.api.Test;

/** What a medium tells its kernel. */
class MediaBuildTest {
  private static String commandLine(Mode mode, Optional<Path> disk, String... added) {
    return String.join(
        " ",
        MediaBuild.commandLine(
            new MediaBuild.Request(
                mode,
                "acme",
                Reference.parse("oci:/srv/zot:machine/acme:1.0"),
                Optional.empty(),
                disk,
                Set.of(Permission.values()),
                true,
                false,
                false,
                List.of(),
                List.of(added)),
            "1.aaaa"));
  }

  @Test
  void provisioningNamesItsModeAndFlags() {
    assertEquals(
        "root=soci:name=mosboot panic=-1 quiet loglevel=4 mos.mode=provision mos.flags=force"
            + " mos.bootkit=1.aaaa",
        commandLine(Mode.PROVISION, Optional.empty()));
  }

  @Test
  void installingNamesItsDiskAndWhatMayHappenToIt() {
    assertEquals(
        "root=soci:name=machine/acme:1.0,repo=local panic=-1 quiet loglevel=4 mos.mode=install"
            + " mos.disk=/dev/vdb mos.flags=removable,overwrite,replace-system mos.bootkit=1.aaaa",
        commandLine(Mode.INSTALL, Optional.of(Path.of("/dev/vdb"))));
  }

  @Test
  void installingNeedsADisk() {
    MosException e =
        assertThrows(MosException.class, () -> commandLine(Mode.INSTALL, Optional.empty()));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  @Test
  void whatIsAddedComesLastSoThatItCounts() {
    assertEquals(
        "root=soci:name=machine/acme:1.0,repo=local panic=-1 quiet loglevel=4 mos.bootkit=1.aaaa"
            + " console=ttyS0 loglevel=7",
        commandLine(Mode.LIVE, Optional.empty(), "console=ttyS0", "loglevel=7"));
  }
}
