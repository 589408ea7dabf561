package mos.plugin.registry;

import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to one server, and whether it wanted to know more. A server that lets nobody in
 * without a certificate just ends the connection, often before its alert arrives: that it asked is
 * all there is to tell a user from.
 */
final class ClientKeys extends X509ExtendedKeyManager {
  private final Optional<X509ExtendedKeyManager> own;
  private final Path directory;
  private volatile boolean asked;
  private volatile boolean shown;

  /**
   * @param own the keys that there are for the server
   * @param directory where they are looked for
   */
  ClientKeys(Optional<X509ExtendedKeyManager> own, Path directory) {
    this.own = own;
    this.directory = directory;
  }

  /** What to do where the server asked for a certificate and we had none to show. */
  Optional<String> lack() {
    if (!asked || shown) {
      return Optional.empty();
    }
    return Optional.of(
        own.isPresent()
            ? "it asks for a client certificate, of other authorities than that in "
                + directory
                + " is from"
            : "it asks for a client certificate; put yours at "
                + directory.resolve("client.cert")
                + ", its key at "
                + directory.resolve("client.key"));
  }

  /** What to do where the server asked for a certificate and did not let us in. */
  Optional<String> hint() {
    return shown ? Optional.of("it may not take the client certificate in " + directory) : lack();
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    asked = true;
    @Nullable String chosen =
        own.map(keys -> keys.chooseEngineClientAlias(types, issuers, engine)).orElse(null);
    shown |= chosen != null;
    return chosen;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    asked = true;
    @Nullable String chosen =
        own.map(keys -> keys.chooseClientAlias(types, issuers, socket)).orElse(null);
    shown |= chosen != null;
    return chosen;
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return own.map(keys -> keys.getClientAliases(type, issuers)).orElse(null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return own.map(keys -> keys.getCertificateChain(alias)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return own.map(keys -> keys.getPrivateKey(alias)).orElse(null);
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
