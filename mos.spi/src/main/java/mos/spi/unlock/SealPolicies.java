package mos.spi.unlock;

import java.util.List;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;

/**
 * What a UKI carries to open a machine's secrets: policies of one authority, of which any that fits
 * the boot will do.
 *
 * @param authority the public key that approved them, DER SubjectPublicKeyInfo, RSA 2048 to 4096
 * @param version of the UKI that carries them, 1 or more
 * @param minimumVersion what the machine's version index is raised to once this UKI has opened its
 *     secrets, 0 to {@code version}: older UKIs open nothing any more
 * @param policies for each PCR 7 that the UKI may meet
 */
public record SealPolicies(
    Bytes authority, int version, int minimumVersion, List<SignedSealPolicy> policies) {
  /** The most policies of a UKI. */
  public static final int MAX_POLICIES = 64;

  /** Checks versions and the number of policies. */
  public SealPolicies {
    if (version < 1) {
      throw new InvalidFieldException("version", "must be 1 or more, is " + version);
    }
    if (minimumVersion < 0 || minimumVersion > version) {
      throw new InvalidFieldException(
          "minimumVersion", "must be 0 to " + version + ", is " + minimumVersion);
    }
    if (policies.isEmpty() || policies.size() > MAX_POLICIES) {
      throw new InvalidFieldException(
          "policies", "must be 1 to " + MAX_POLICIES + ", are " + policies.size());
    }
    policies = List.copyOf(policies);
    for (int i = 0; i < policies.size(); i++) {
      if (policies.get(i).policy().version() != version) {
        throw new InvalidFieldException(
            "policies[" + i + "].version",
            "must be that of the UKI, " + version + ", is " + policies.get(i).policy().version());
      }
    }
  }
}
