package mos.plugin.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * One {@code [[registry]]} of a registries.conf.
 *
 * @param file where it stands
 * @param prefix which repositories it is for: {@code HOST[:PORT][/PATH]} or {@code *.DOMAIN}
 * @param location where these really are; empty means where they say
 * @param insecure whether plain http, or TLS by an unknown certificate, will do
 * @param blocked whether nobody may use them
 * @param mirrors copies, to be asked first
 */
record RegistryRule(
    Path file,
    String prefix,
    String location,
    boolean insecure,
    boolean blocked,
    List<Mirror> mirrors) {

  /** What a place is asked for. */
  enum Pull {
    /** Everything: the registry itself. */
    ORIGIN,
    /** Everything: a mirror. */
    ALL,
    /** Only what is named by its digest. */
    DIGEST_ONLY,
    /** Only what is named by a tag. */
    TAG_ONLY
  }

  /**
   * A {@code [[registry.mirror]]}.
   *
   * @param location where it has a copy of the prefix
   * @param insecure as for the registry
   * @param pull what it is asked for
   */
  record Mirror(String location, boolean insecure, Pull pull) {}

  /** Copies the list. */
  RegistryRule {
    mirrors = List.copyOf(mirrors);
  }

  /**
   * How much of a repository's {@code HOST[:PORT]/NAME} the prefix stands for; 0 when the rule is
   * not for it. A host without a port stands for all its ports, as it does to podman.
   */
  int matched(String repository) {
    int end = prefix.length();
    if (prefix.startsWith("*.")) {
      String domain = prefix.substring(1);
      int start = repository.indexOf(domain);
      if (start < 1 || repository.substring(0, start).contains("/")) {
        return 0;
      }
      end = start + domain.length();
    } else if (!repository.startsWith(prefix)) {
      return 0;
    }
    boolean whole =
        repository.length() == end
            || repository.charAt(end) == '/'
            || (repository.charAt(end) == ':' && !repository.substring(0, end).contains("/"));
    return whole ? end : 0;
  }

  /** The repository at another location, which takes the place of the prefix. */
  String at(String other, String repository) {
    return other.isEmpty() ? repository : other + repository.substring(matched(repository));
  }
}
