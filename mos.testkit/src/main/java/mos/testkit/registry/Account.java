package mos.testkit.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Who a server knows.
 *
 * @param user the name, without a colon
 * @param password the password
 */
public record Account(String user, String password) {
  /** The value of an {@code Authorization} header (RFC 7617). */
  public String basic() {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
