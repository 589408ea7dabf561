package mos.spi.verify;

import java.util.UUID;
import mos.spi.model.Bytes;

/**
 * Who signed a document, as a verifier has established.
 *
 * @param product the product that the certificate is bound to
 * @param certificate the PEM that verified it, with its intermediates
 * @param signature the signature that fits
 */
public record Signatory(UUID product, Bytes certificate, Bytes signature) {}
