/**
 * Judges signed documents by X.509 certificates; see {@link mos.plugin.x509verify.X509Verifier}.
 */
@org.jspecify.annotations.NullMarked
package mos.plugin.x509verify;
