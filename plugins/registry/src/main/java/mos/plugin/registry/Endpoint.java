package mos.plugin.registry;

/**
 * A place that has a repository.
 *
 * @param host {@code HOST[:PORT]}
 * @param name the repository's name there
 * @param insecure whether plain http, or TLS by an unknown certificate, will do
 * @param pull what it is asked for
 */
record Endpoint(String host, String name, boolean insecure, RegistryRule.Pull pull) {
  /** Whether it is a copy, which may lack what the registry itself has. */
  boolean isMirror() {
    return pull != RegistryRule.Pull.ORIGIN;
  }

  /** Whether it is asked for what is named by a tag. */
  boolean hasTags() {
    return pull != RegistryRule.Pull.DIGEST_ONLY;
  }

  /** Whether it is asked for what is named by a digest. */
  boolean hasDigests() {
    return pull != RegistryRule.Pull.TAG_ONLY;
  }

  @Override
  public String toString() {
    return host + "/" + name;
  }
}
