package mos.spi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.event.EventSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryLoginTest {
  private static final String SECRET = "hunter2";

  @Test
  void thePasswordIsNotShown() {
    RegistryLogin login = new RegistryLogin("registry.example:5000", "me", SECRET);
    assertEquals("login of me at registry.example:5000", login.toString());
    String options = new TransportOptions(true, Optional.of(login), EventSink.NONE).toString();
    assertFalse(options.contains(SECRET), options);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "me:" + SECRET, "me\n" + SECRET, "me\u0000"})
  void aNameIsNotEmptyAndHasNeitherPasswordNorControlCharacters(String user) {
    InvalidFieldException e =
        assertThrows(
            InvalidFieldException.class, () -> new RegistryLogin("registry.example", user, "x"));
    assertEquals("user", e.field());
    assertFalse(e.getMessage().contains(SECRET), e.getMessage());
  }

  @Test
  void aPasswordIsNotEmpty() {
    assertEquals(
        "password",
        assertThrows(
                InvalidFieldException.class, () -> new RegistryLogin("registry.example", "me", ""))
            .field());
  }
}
