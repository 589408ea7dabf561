package mos.spi.verify;

import mos.spi.model.Bytes;

/**
 * The certificate authorities that a verifier may trust, and no others.
 *
 * @param origin where they came from, for messages
 * @param pem one or more PEM certificates
 */
public record TrustAnchors(String origin, Bytes pem) {}
