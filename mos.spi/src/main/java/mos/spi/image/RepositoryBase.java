package mos.spi.image;

import mos.spi.InvalidFieldException;

/**
 * A place that holds repositories (REPO of the commands): {@code HOST[:PORT][/PREFIX]}, {@code
 * docker://…} or {@code oci:ROOT}.
 *
 * @param scheme which transport reaches it
 * @param location host or directory
 * @param prefix what stands before every repository's name, empty or a repository name
 */
public record RepositoryBase(String scheme, String location, String prefix) {
  /** Checks what a repository here would be refused for. */
  public RepositoryBase {
    if (!prefix.isEmpty() && !Repository.isName(prefix)) {
      throw new InvalidFieldException("", "'" + prefix + "' is not a repository prefix");
    }
    if (location.isEmpty() || location.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidFieldException("", "name a host or a directory, without control characters");
    }
  }

  /**
   * Reads a REPO.
   *
   * @throws InvalidFieldException when it has none of the forms
   */
  public static RepositoryBase parse(String text) {
    if (text.startsWith("oci:")) {
      return new RepositoryBase(Repository.OCI, text.substring(4), "");
    }
    String rest = References.withoutDocker(text);
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    String prefix = slash < 0 ? "" : rest.substring(slash + 1);
    References.checkHost(text, host);
    return new RepositoryBase(Repository.DOCKER, host, prefix);
  }

  /** The repository of that name here. */
  public Repository repository(String name) {
    if (name.isEmpty()) {
      throw new InvalidFieldException("", "a repository needs a name");
    }
    return new Repository(scheme, location, prefix.isEmpty() ? name : prefix + "/" + name);
  }

  @Override
  public String toString() {
    return scheme.equals(Repository.OCI)
        ? scheme + ":" + location
        : scheme + "://" + location + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
