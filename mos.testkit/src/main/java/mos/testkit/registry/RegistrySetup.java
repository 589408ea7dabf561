package mos.testkit.registry;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a registry is to run.
 *
 * @param directory where it keeps what it stores, its settings and its log; a second registry with
 *     the same directory has what the first one had
 * @param port the port on 127.0.0.1; 0 for one by chance
 * @param authority whose certificate it shows; without one it speaks plain http
 * @param clientCertificates whether clients must show a certificate of that authority
 * @param account who may read and write; everybody, without one
 * @param tokens the token server that it trusts, instead of an account
 */
public record RegistrySetup(
    Path directory,
    int port,
    Optional<Authority> authority,
    boolean clientCertificates,
    Optional<Account> account,
    Optional<TokenServer> tokens) {

  /** Plain http, open to everybody, at a port by chance. */
  public static RegistrySetup in(Path directory) {
    return new RegistrySetup(
        directory.toAbsolutePath(), 0, Optional.empty(), false, Optional.empty(), Optional.empty());
  }

  /** The same at a given port, for a registry that comes back. */
  public RegistrySetup port(int chosen) {
    return new RegistrySetup(directory, chosen, authority, clientCertificates, account, tokens);
  }

  /** The same with TLS. */
  public RegistrySetup tls(Authority by) {
    return new RegistrySetup(directory, port, Optional.of(by), clientCertificates, account, tokens);
  }

  /** The same for clients with a certificate of the authority alone. */
  public RegistrySetup clientCertificatesNeeded() {
    return new RegistrySetup(directory, port, authority, true, account, tokens);
  }

  /** The same with a password (basic authentication). */
  public RegistrySetup password(String user, String password) {
    return new RegistrySetup(
        directory,
        port,
        authority,
        clientCertificates,
        Optional.of(new Account(user, password)),
        Optional.empty());
  }

  /** The same with tokens (bearer authentication). */
  public RegistrySetup tokens(TokenServer server) {
    return new RegistrySetup(
        directory, port, authority, clientCertificates, Optional.empty(), Optional.of(server));
  }
}
