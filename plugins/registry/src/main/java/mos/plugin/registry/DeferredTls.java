package mos.plugin.registry;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Settings for TLS that are made when the first secure connection is: a client of the JDK wants
 * them before it knows whether there will be one, and the JDK's take a tenth of a second to make,
 * which a connection without TLS need not wait for.
 */
final class DeferredTls extends SSLContextSpi {
  /** Makes the settings. */
  @FunctionalInterface
  interface Maker {
    /** Makes them. */
    SSLContext make() throws GeneralSecurityException;
  }

  private final Maker maker;
  private @Nullable SSLContext made;

  private DeferredTls(Maker maker) {
    this.maker = maker;
  }

  /** Settings that {@code maker} makes when they are needed. */
  static SSLContext of(Maker maker) {
    return new Deferred(new DeferredTls(maker));
  }

  /** The only way to make one outside of a security provider. */
  private static final class Deferred extends SSLContext {
    Deferred(SSLContextSpi settings) {
      super(settings, null, "TLS");
    }
  }

  private synchronized SSLContext context() {
    SSLContext known = made;
    if (known == null) {
      try {
        known = maker.make();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("no TLS: " + e.getMessage(), e);
      }
      made = known;
    }
    return known;
  }

  /** What is not said here stays as it is in a new connection. */
  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return new SSLParameters(null, new String[] {"TLSv1.3", "TLSv1.2"});
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return context().getSupportedSSLParameters();
  }

  @Override
  protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("made by its maker");
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return context().createSSLEngine();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return context().createSSLEngine(host, port);
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return context().getSocketFactory();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return context().getServerSocketFactory();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context().getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context().getClientSessionContext();
  }
}
