package mos.plugin.gitupgrade;

import static mos.plugin.gitupgrade.Manifests.complete;
import static mos.plugin.gitupgrade.Manifests.partial;
import static mos.plugin.gitupgrade.Manifests.recipe;
import static mos.plugin.gitupgrade.Manifests.target;
import static mos.plugin.gitupgrade.Manifests.volume;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.model.IdRange;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.NetworkType;
import mos.spi.model.PortForward;
import mos.spi.model.StorageMount;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.verify.VerifiedManifest;
import org.junit.jupiter.api.Test;

class ManifestUpgraderTest {
  private static final Upgrader UPGRADER = new ManifestUpgrader();

  private static UpgradePlan update(UpgradePlan current, VerifiedManifest next, Digest... earlier) {
    return UPGRADER.update(
        current.next(),
        current.sources(),
        next,
        Set.copyOf(Arrays.asList(earlier)),
        Upgrader.Downgrade.REFUSE);
  }

  private static UpgradePlan downgrade(UpgradePlan current, VerifiedManifest next) {
    return UPGRADER.update(
        current.next(), current.sources(), next, Set.of(), Upgrader.Downgrade.ALLOW);
  }

  private static MosException refused(UpgradePlan current, VerifiedManifest next, Digest... old) {
    MosException error = assertThrows(MosException.class, () -> update(current, next, old));
    assertEquals(ErrorCode.REFUSED, error.code(), error.getMessage());
    return error;
  }

  private static Map<String, Digest> sources(UpgradePlan plan) {
    Map<String, Digest> sources = new HashMap<>();
    plan.next().targets().forEach(target -> sources.put(target.name(), target.source()));
    return sources;
  }

  private static Network port(int host) {
    return new Network(
        NetworkType.SIMPLE, Optional.empty(), Optional.empty(), List.of(new PortForward(host, 80)));
  }

  private static Target withPort(String name, int host) {
    return target(name, "1", NamespaceGroup.HOST, port(host));
  }

  @Test
  void anInstallTakesEveryTargetOfTheManifest() {
    VerifiedManifest manifest = complete(target("hostfs", "1"), target("web", "1"));
    UpgradePlan plan = UPGRADER.install(manifest);
    assertEquals(List.of("hostfs", "web"), plan.added());
    assertEquals(List.of(), plan.kept());
    assertEquals(List.of(manifest), plan.sources());
    assertEquals(
        List.of(
            new SystemTarget("hostfs", manifest.digest()),
            new SystemTarget("web", manifest.digest())),
        plan.next().targets());
  }

  @Test
  void aCompleteUpdateReplacesEveryTarget() {
    UpgradePlan installed =
        UPGRADER.install(complete(target("hostfs", "1"), target("a", "1"), target("b", "1")));
    VerifiedManifest next = complete(target("hostfs", "2"), target("b", "1"), target("c", "1"));
    UpgradePlan plan = update(installed, next);
    assertEquals(List.of("c"), plan.added());
    assertEquals(List.of("hostfs"), plan.changed());
    assertEquals(List.of("a"), plan.removed());
    assertEquals(List.of("b"), plan.kept());
    assertEquals(List.of(next), plan.sources());
  }

  @Test
  void aPartialUpdateKeepsTheOthersWithTheManifestTheyCameFrom() {
    VerifiedManifest first = complete(target("hostfs", "1"), target("web", "1"));
    VerifiedManifest second = partial(target("web", "2"), target("db", "1"));
    UpgradePlan plan = update(UPGRADER.install(first), second);
    assertEquals(List.of("db"), plan.added());
    assertEquals(List.of("web"), plan.changed());
    assertEquals(List.of(), plan.removed());
    assertEquals(List.of("hostfs"), plan.kept());
    assertEquals(
        Map.of("hostfs", first.digest(), "web", second.digest(), "db", second.digest()),
        sources(plan));
    assertEquals(Set.of(first, second), Set.copyOf(plan.sources()));
  }

  @Test
  void aManifestThatNoTargetNeedsAnyMoreIsNoSource() {
    VerifiedManifest first = complete(target("hostfs", "1"));
    VerifiedManifest second = partial(target("web", "1"));
    VerifiedManifest third = partial(target("web", "2"));
    UpgradePlan plan = update(update(UPGRADER.install(first), second), third);
    assertEquals(Set.of(first, third), Set.copyOf(plan.sources()));
  }

  @Test
  void lesson37TheInstalledManifestAgainChangesNothing() {
    VerifiedManifest manifest = complete(target("hostfs", "1", "g"), target("web", "1"));
    UpgradePlan installed = UPGRADER.install(manifest);
    UpgradePlan plan = update(installed, manifest, manifest.digest());
    assertEquals(installed.next(), plan.next());
    assertEquals(List.of(), plan.added());
    assertEquals(List.of(), plan.changed());
    assertEquals(List.of(), plan.removed());
    assertEquals(List.of("hostfs", "web"), plan.kept());
  }

  @Test
  void lesson17EveryGroupGetsOneRangeAcrossTargetsAndVolumes() {
    VerifiedManifest manifest =
        recipe()
            .targets(target("hostfs", "1"), target("a", "1", "ga"), target("b", "1", "gb"))
            .volumes(volume("data", "gb"), volume("logs", "gc"), volume("plain", ""))
            .verified();
    List<IdRange> ranges = UPGRADER.install(manifest).next().idRanges();
    assertEquals(
        List.of(
            new IdRange(new NamespaceGroup("ga"), 100_000),
            new IdRange(new NamespaceGroup("gb"), 165_536),
            new IdRange(new NamespaceGroup("gc"), 231_072)),
        ranges);
  }

  @Test
  void lesson17RangesStayOverUpdatesAndAreNeverGivenToAnotherGroup() {
    UpgradePlan first =
        UPGRADER.install(
            complete(target("hostfs", "1"), target("a", "1", "ga"), target("b", "1", "gb")));
    UpgradePlan second = update(first, complete(target("hostfs", "1"), target("b", "1", "gb")));
    UpgradePlan third =
        update(
            second,
            complete(
                target("hostfs", "1"),
                target("c", "1", "gc"),
                target("b", "1", "gb"),
                target("a", "1", "ga")));
    assertEquals(
        List.of(
            new IdRange(new NamespaceGroup("ga"), 100_000),
            new IdRange(new NamespaceGroup("gb"), 165_536),
            new IdRange(new NamespaceGroup("gc"), 231_072)),
        third.next().idRanges());
  }

  @Test
  void lesson17ARangeThatStandsElsewhereIsGoneAround() {
    VerifiedManifest manifest = complete(target("hostfs", "1", "odd"));
    IdRange odd = new IdRange(new NamespaceGroup("odd"), 120_000);
    SystemManifest current =
        new SystemManifest(
            List.of(odd), List.of(new SystemTarget("hostfs", manifest.digest())), List.of());
    UpgradePlan plan =
        UPGRADER.update(
            current,
            List.of(manifest),
            partial(target("web", "1", "new")),
            Set.of(),
            Upgrader.Downgrade.REFUSE);
    assertEquals(
        List.of(odd, new IdRange(new NamespaceGroup("new"), 231_072)), plan.next().idRanges());
  }

  @Test
  void volumesOfAPartialUpdateAreMergedByLabel() {
    UpgradePlan installed =
        UPGRADER.install(
            recipe()
                .targets(target("hostfs", "1"))
                .volumes(volume("data", ""), volume("logs", ""))
                .verified());
    VerifiedManifest next =
        recipe()
            .type(UpdateType.PARTIAL)
            .targets(
                target(
                    "web",
                    "1",
                    NamespaceGroup.HOST,
                    Network.NONE,
                    new StorageMount("/d", "data"),
                    new StorageMount("/c", "cache")))
            .volumes(volume("logs", "g"), volume("cache", ""))
            .verified();
    assertEquals(
        List.of(volume("data", ""), volume("logs", "g"), volume("cache", "")),
        update(installed, next).next().storage());
  }

  @Test
  void aVolumeThatNobodyDeclaresIsRefused() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "1")));
    VerifiedManifest next =
        partial(
            target(
                "web", "1", NamespaceGroup.HOST, Network.NONE, new StorageMount("/d", "nowhere")));
    MosException error = assertThrows(MosException.class, () -> update(installed, next));
    assertEquals(ErrorCode.INVALID, error.code());
    assertTrue(error.getMessage().contains("targets[0].storage[0].label"), error.getMessage());
  }

  @Test
  void aTargetThatClashesWithOneThatStaysIsNamedByItsFieldInTheManifest() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "1"), withPort("web", 443)));
    VerifiedManifest next = partial(target("other", "1"), withPort("proxy", 443));
    MosException error = assertThrows(MosException.class, () -> update(installed, next));
    assertEquals(ErrorCode.INVALID, error.code());
    assertTrue(
        error.getMessage().contains("targets[1].network.ports[0].host: host port 443"),
        error.getMessage());
    assertTrue(error.getMessage().contains("belongs to 'web'"), error.getMessage());
  }

  @Test
  void aPortMayMoveToAnotherTargetInOneUpdate() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "1"), withPort("web", 443)));
    UpgradePlan plan = update(installed, partial(withPort("web", 80), withPort("proxy", 443)));
    assertEquals(List.of("proxy"), plan.added());
  }

  @Test
  void lesson6AnotherProductIsRefused() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "1")));
    UUID other = UUID.fromString("99999999-2222-4333-8444-555555555555");
    VerifiedManifest next =
        recipe()
            .product(other.toString())
            .certified(other)
            .targets(target("hostfs", "2"))
            .verified();
    assertTrue(refused(installed, next).getMessage().contains(other.toString()));
  }

  @Test
  void lesson6AProductNameMustNotChange() {
    UpgradePlan installed =
        UPGRADER.install(recipe().product("fridge").targets(target("hostfs", "1")).verified());
    VerifiedManifest next = recipe().product("oven").targets(target("hostfs", "2")).verified();
    assertTrue(refused(installed, next).getMessage().contains("'oven', installed is 'fridge'"));
  }

  @Test
  void aProductNameMayBecomeTheUuidOfTheSameProduct() {
    UpgradePlan installed =
        UPGRADER.install(recipe().product("fridge").targets(target("hostfs", "1")).verified());
    assertEquals(List.of("hostfs"), update(installed, complete(target("hostfs", "2"))).changed());
  }

  @Test
  void lesson7AManifestThatWasReplacedIsOlder() {
    VerifiedManifest first = complete(target("hostfs", "stable"));
    VerifiedManifest second = complete(target("hostfs", "testing"));
    UpgradePlan installed = update(UPGRADER.install(first), second);
    MosException error = refused(installed, first, first.digest(), second.digest());
    assertTrue(error.getMessage().contains("--allow-downgrade"), error.getMessage());
  }

  @Test
  void lesson7AManifestThatIsPartlyReplacedIsOlder() {
    VerifiedManifest first = partial(target("a", "x"), target("b", "x"));
    VerifiedManifest second = partial(target("a", "y"));
    UpgradePlan base = UPGRADER.install(complete(target("hostfs", "1")));
    UpgradePlan installed = update(update(base, first), second);
    MosException error = refused(installed, first);
    assertTrue(error.getMessage().contains("a has been replaced"), error.getMessage());
  }

  @Test
  void lesson7ALowerVersionOfATargetIsOlder() {
    UpgradePlan installed =
        UPGRADER.install(complete(target("hostfs", "1.10.0"), target("web", "2.0")));
    MosException error =
        refused(installed, complete(target("hostfs", "1.9.0"), target("web", "2.1")));
    assertTrue(
        error.getMessage().contains("hostfs is 1.9.0, installed is 1.10.0"), error.getMessage());
    refused(installed, partial(target("web", "1.9")));
  }

  @Test
  void lesson7AnOlderManifestIsTakenWhenTheUserSaysSo() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "2")));
    UpgradePlan plan = downgrade(installed, complete(target("hostfs", "1")));
    assertEquals(List.of("hostfs"), plan.changed());
  }

  @Test
  void versionsWithoutAnOrderAreNoDowngrade() {
    UpgradePlan installed = UPGRADER.install(complete(target("hostfs", "latest")));
    assertEquals(List.of("hostfs"), update(installed, complete(target("hostfs", "1.0"))).changed());
  }

  @Test
  void aSystemThatNamesATargetItsManifestDoesNotHaveIsInvalid() {
    VerifiedManifest manifest = complete(target("hostfs", "1"));
    SystemManifest current =
        new SystemManifest(
            List.of(), List.of(new SystemTarget("ghost", manifest.digest())), List.of());
    MosException error =
        assertThrows(
            MosException.class,
            () ->
                UPGRADER.update(
                    current,
                    List.of(manifest),
                    complete(target("hostfs", "2")),
                    Set.of(),
                    Upgrader.Downgrade.REFUSE));
    assertEquals(ErrorCode.INVALID, error.code());
    assertTrue(error.getMessage().contains("'ghost'"), error.getMessage());
  }
}
