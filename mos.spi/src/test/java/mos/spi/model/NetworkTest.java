package mos.spi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @EnumSource(
      value = NetworkType.class,
      names = {"HOST", "NONE"})
  void aPublisherIsToldOfPortsThatMeanNothing(NetworkType type) {
    Network network =
        new Network(type, Optional.empty(), Optional.empty(), List.of(new PortForward(80, 80)));
    InvalidFieldException e = assertThrows(InvalidFieldException.class, network::requireMeaning);
    assertEquals("ports", e.field());
  }

  @Test
  void aPublisherIsToldOfAddressesThatMeanNothing() {
    Network network =
        new Network(
            NetworkType.HOST,
            Optional.of(IpAddress.v4("ipv4", "10.0.0.1")),
            Optional.empty(),
            List.of());
    assertEquals(
        "ipv4", assertThrows(InvalidFieldException.class, network::requireMeaning).field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.3.7", "10.0.3.7/24", "0.0.0.0", "255.255.255.255/32"})
  void dottedQuadsAreIpv4(String text) {
    assertEquals(text, IpAddress.v4("ipv4", text).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "10.3",
        "10.0.3",
        "10.0.3.256",
        "10.0.3.7/33",
        "10.0.3.7/",
        "host",
        "localhost",
        "10.0.3.7 ",
        "::1",
        "010.0.0.1.1",
        "1.2.3.4.5",
        "0x0a.0.0.1",
        "١.2.3.4"
      })
  void anythingElseIsNotIpv4(String text) {
    assertThrows(InvalidFieldException.class, () -> IpAddress.v4("ipv4", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd00::7", "::", "::1/128", "FE80::1", "1:2:3:4:5:6:7:8/64"})
  void colonsMakeIpv6(String text) {
    assertEquals(text, IpAddress.v6("ipv6", text).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":::",
        "fd00",
        "10.0.3.7",
        "fd00::7/129",
        "fd00::7/",
        "fe80::1%eth0",
        "[::1]",
        "::ffff:10.0.0.1",
        "1:2:3:4:5:6:7:8:9",
        "g::1"
      })
  void anythingElseIsNotIpv6(String text) {
    assertThrows(InvalidFieldException.class, () -> IpAddress.v6("ipv6", text));
  }

  @ParameterizedTest
  @CsvSource({"fd00::7, FD00:0:0:0::7/64", "::1, 0:0:0:0:0:0:0:1"})
  void spellingsOfOneAddressAreEqual(String one, String other) {
    assertEquals(IpAddress.v6("", one).address(), IpAddress.v6("", other).address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host", "bridge", "simple "})
  void anUnknownTypeIsRefused(String type) {
    assertThrows(InvalidFieldException.class, () -> NetworkType.parse(type));
  }
}
