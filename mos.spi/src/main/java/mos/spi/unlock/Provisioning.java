package mos.spi.unlock;

import mos.spi.model.Bytes;

/**
 * What a machine gets when it is provisioned. Its secrets stay the caller's to close.
 *
 * @param luksAuthority public key of the authority whose policies open the LUKS and SUDI keys, DER
 *     SubjectPublicKeyInfo
 * @param adminAuthority public key of the authority whose policies open the TPM's administration
 * @param sudiCertificate the machine's certificate, PEM
 * @param sudiKey the private key that fits it, PKCS#8 PEM, at most 4 KiB
 * @param luksKey the key of its volumes, 32 bytes
 * @param minimumVersion what the version index begins with, 1 or more
 */
public record Provisioning(
    Bytes luksAuthority,
    Bytes adminAuthority,
    Bytes sudiCertificate,
    Secret sudiKey,
    Secret luksKey,
    int minimumVersion) {}
