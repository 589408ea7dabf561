package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Optional;
import mos.spi.model.ServiceType;
import mos.spi.verify.VerifiedImage;
import mos.testkit.TestImages;
import org.junit.jupiter.api.Test;

/** Which bootkit an update has to see on the system partition. */
class InstalledBootkitTest {
  private static final VerifiedImage INSTALLED = bootkit("installed");
  private static final VerifiedImage NEW = bootkit("new");
  private static final VerifiedImage SITE =
      TestImages.image("site", ServiceType.FS_ONLY, "a service");

  private static VerifiedImage bootkit(String content) {
    return TestImages.image(InstalledBootkit.TARGET, ServiceType.FS_ONLY, content);
  }

  private static Optional<VerifiedImage> toSee(
      List<VerifiedImage> imported, Optional<VerifiedImage> installed, VerifiedImage... running) {
    return InstalledBootkit.toSee(
        imported, () -> installed, List.of(running).stream().findFirst().map(InstalledBootkit::id));
  }

  @Test
  void itIsTheOneThatTheManifestNames() {
    Optional<VerifiedImage> found = toSee(List.of(SITE, NEW), Optional.of(INSTALLED), INSTALLED);
    assertSame(NEW, found.orElseThrow());
  }

  @Test
  void oneThatTheManifestNamesIsLookedAtAlsoWhereItRuns() {
    Optional<VerifiedImage> found = toSee(List.of(NEW, SITE), Optional.of(NEW), NEW);
    assertSame(NEW, found.orElseThrow());
  }

  @Test
  void oneThatTheManifestDoesNotNameAndThatRunsIsLeftAlone() {
    assertEquals(Optional.empty(), toSee(List.of(SITE), Optional.of(INSTALLED), INSTALLED));
  }

  @Test
  void oneThatWasInstalledAndDoesNotRunYetIsSeenTo() {
    Optional<VerifiedImage> found = toSee(List.of(SITE), Optional.of(INSTALLED), NEW);
    assertSame(INSTALLED, found.orElseThrow());
    assertSame(INSTALLED, toSee(List.of(SITE), Optional.of(INSTALLED)).orElseThrow());
  }

  @Test
  void aSystemNeedNotHaveOne() {
    assertEquals(Optional.empty(), toSee(List.of(SITE), Optional.empty(), NEW));
  }
}
