package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The calls themselves are made by the tests in virtual machines. */
final class RebootTest {
  @Test
  void commandsAreThoseOfLinuxRebootH() {
    assertEquals(19088743, Reboot.RESTART.command());
    assertEquals(1126301404, Reboot.POWER_OFF.command());
  }
}
