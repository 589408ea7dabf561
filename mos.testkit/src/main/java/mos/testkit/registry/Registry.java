package mos.testkit.registry;

import java.net.URI;

/** A registry that runs until it is closed. */
public interface Registry extends AutoCloseable {
  /** Where it is: {@code 127.0.0.1:PORT}. */
  String host();

  /** {@code http://127.0.0.1:PORT} or, with TLS, {@code https://127.0.0.1:PORT}. */
  URI uri();

  /** What it wrote so far. */
  String log();

  /** Ends it at once. */
  @Override
  void close();
}
