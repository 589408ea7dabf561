package mos.spi.model;

import static mos.spi.model.Samples.simple;
import static mos.spi.model.Samples.target;
import static mos.spi.model.Samples.volume;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lesson 11: what does not fit together is refused, with the path of the field. */
class InstallManifestTest {
  private static InstallManifest manifest(
      UpdateType type, List<Storage> storage, Target... targets) {
    return new InstallManifest(1, "product", storage, List.of(targets), type);
  }

  private static void refusedAt(String field, Executable what) {
    assertEquals(field, assertThrows(InvalidFieldException.class, what).field());
  }

  static List<Arguments> clashes() {
    PortForward web = new PortForward(80, 8080);
    return List.of(
        Arguments.of("targets[1].service_name", List.of(), target("a"), target("a")),
        Arguments.of(
            "targets[1].network.ports[0].host",
            List.of(),
            target("a", simple("", "", web)),
            target("b", simple("", "", new PortForward(80, 9090)))),
        Arguments.of(
            "targets[1].network.ipv4",
            List.of(),
            target("a", simple("10.0.3.7", "")),
            target("b", simple("10.0.3.7/24", ""))),
        Arguments.of(
            "targets[1].network.ipv6",
            List.of(),
            target("a", simple("", "fd00::7")),
            target("b", simple("", "FD00:0:0::7/64"))),
        Arguments.of(
            "storage[1].label", List.of(volume("d"), volume("d")), target("a"), target("b")),
        Arguments.of(
            "targets[1].storage[0].label",
            List.of(volume("d")),
            target("a"),
            target("b", Network.HOST, new StorageMount("/x", "e"))));
  }

  @ParameterizedTest
  @MethodSource("clashes")
  void whatClashesIsRefusedWithItsPath(
      String field, List<Storage> storage, Target first, Target second) {
    refusedAt(field, () -> manifest(UpdateType.COMPLETE, storage, first, second));
  }

  @Test
  void theErrorNamesWhoHasThePortAlready() {
    Network network = simple("", "", new PortForward(80, 1));
    InvalidFieldException e =
        assertThrows(
            InvalidFieldException.class,
            () ->
                manifest(
                    UpdateType.COMPLETE, List.of(), target("a", network), target("b", network)));
    assertEquals(
        "targets[1].network.ports[0].host: host port 80 already belongs to 'a'", e.getMessage());
  }

  @Test
  void aPartialUpdateMayUseVolumesThatAreInstalled() {
    Target target = target("a", Network.HOST, new StorageMount("/x", "data"));
    InstallManifest partial = manifest(UpdateType.PARTIAL, List.of(), target);
    assertEquals(Optional.of(target), partial.target("a"));
  }

  @Test
  void portsOfTheHostsNetworkClaimNothing() {
    Network ports =
        new Network(
            NetworkType.HOST, Optional.empty(), Optional.empty(), List.of(new PortForward(80, 80)));
    assertEquals(
        2,
        manifest(UpdateType.COMPLETE, List.of(), target("a", ports), target("b", ports))
            .targets()
            .size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void anotherVersionIsRefused(int version) {
    refusedAt(
        "version",
        () ->
            new InstallManifest(
                version, "p", List.of(), List.of(target("a")), UpdateType.COMPLETE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void aProductIsText(String product) {
    refusedAt(
        "product",
        () ->
            new InstallManifest(1, product, List.of(), List.of(target("a")), UpdateType.COMPLETE));
  }

  @Test
  void aManifestWithoutTargetsIsRefused() {
    refusedAt("targets", () -> manifest(UpdateType.COMPLETE, List.of()));
  }

  @Test
  void aManifestHasAtMostAThousandTargets() {
    Target[] targets =
        IntStream.rangeClosed(0, InstallManifest.MAX_TARGETS)
            .mapToObj(i -> target("t" + i))
            .toArray(Target[]::new);
    refusedAt("targets", () -> manifest(UpdateType.COMPLETE, List.of(), targets));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Complete", "full", "complete "})
  void anUnknownUpdateTypeIsRefused(String type) {
    assertThrows(InvalidFieldException.class, () -> UpdateType.parse(type));
  }

  @ParameterizedTest
  @CsvSource({"0, 80, host", "65536, 80, host", "-1, 80, host", "80, 0, container"})
  void aPortIs1To65535(int host, int container, String field) {
    refusedAt(field, () -> new PortForward(host, container));
  }

  @Test
  void aServiceForwardsAHostPortOnce() {
    refusedAt(
        "ports[1].host", () -> simple("", "", new PortForward(80, 80), new PortForward(80, 81)));
  }

  @Test
  void aServiceMountsOneVolumeAtAPlace() {
    refusedAt(
        "storage[1].dest",
        () -> target("a", Network.HOST, new StorageMount("/x", "d"), new StorageMount("/x", "e")));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, (4L << 20) + 1})
  void theSizeIsThatOfAnImageManifest(long size) {
    refusedAt(
        "size",
        () ->
            new Target(
                "a",
                "1",
                ServiceType.HOSTFS,
                Network.HOST,
                NamespaceGroup.HOST,
                Samples.DIGEST,
                size,
                List.of()));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, (1L << 40) + 1})
  void aVolumeHasASize(long size) {
    refusedAt("size", () -> new Storage("data", true, NamespaceGroup.HOST, size));
  }
}
