package mos.plugin.registry;

import java.util.Optional;

/**
 * What a registry knows a user by. Never part of a message.
 *
 * @param user the user's name; empty with a token
 * @param password the password; empty with a token
 * @param identityToken a refresh token (RFC 6749, section 1.5), instead of the two
 */
record Login(String user, String password, Optional<String> identityToken) {
  @Override
  public String toString() {
    return "login of " + user;
  }
}
