package mos.spi.store;

import mos.spi.InvalidFieldException;

/**
 * What the user gave to be known by at one registry. It is for that registry alone, not for the
 * mirrors, other names and other registries that a command meets on its way.
 *
 * @param registry {@code HOST[:PORT]}, as the user wrote it
 * @param user the name (RFC 7617: without a colon and control characters)
 * @param password the password, not empty; never part of a message
 */
public record RegistryLogin(String registry, String user, String password) {
  /** Checks the name and that there is a password; the messages show neither. */
  public RegistryLogin {
    if (!isUser(user)) {
      throw new InvalidFieldException("user", "must be a name without ':' and control characters");
    }
    if (password.isEmpty()) {
      throw new InvalidFieldException("password", "is empty");
    }
  }

  /** Whether {@code text} can be a user's name. */
  public static boolean isUser(String text) {
    return !text.isEmpty()
        && !text.contains(":")
        && text.chars().noneMatch(Character::isISOControl);
  }

  /** Whose login it is; never the password. */
  @Override
  public String toString() {
    return "login of " + user + " at " + registry;
  }
}
