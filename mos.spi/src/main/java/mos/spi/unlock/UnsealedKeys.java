package mos.spi.unlock;

import mos.spi.model.Bytes;

/**
 * What a verified boot gets from its machine.
 *
 * @param luksKey the key of the machine's volumes
 * @param sudiCertificate the machine's certificate, PEM
 * @param sudiKey the private key that fits it, PKCS#8 PEM
 */
public record UnsealedKeys(Secret luksKey, Bytes sudiCertificate, Secret sudiKey)
    implements AutoCloseable {
  /** Overwrites the secrets. */
  @Override
  public void close() {
    luksKey.close();
    sudiKey.close();
  }
}
