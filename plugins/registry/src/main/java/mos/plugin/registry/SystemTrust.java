package mos.plugin.registry;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts what a list of authorities has signed, and reads the list when the first certificate is to
 * be judged: the system's has some hundred and fifty, a tenth of a second that a connection without
 * TLS need not wait for.
 */
final class SystemTrust extends X509ExtendedTrustManager {
  /** Makes what judges. */
  @FunctionalInterface
  interface Maker {
    /** Makes it. */
    X509ExtendedTrustManager make() throws GeneralSecurityException;
  }

  private final Maker maker;
  private @Nullable X509ExtendedTrustManager made;

  SystemTrust(Maker maker) {
    this.maker = maker;
  }

  private synchronized X509ExtendedTrustManager judge() throws CertificateException {
    X509ExtendedTrustManager known = made;
    if (known == null) {
      try {
        known = maker.make();
      } catch (GeneralSecurityException e) {
        throw new CertificateException("no authorities: " + e.getMessage(), e);
      }
      made = known;
    }
    return known;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge().checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge().checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge().checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge().checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge().checkServerTrusted(chain, type, engine);
  }

  /** Only a server needs them, to say whom it takes. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
