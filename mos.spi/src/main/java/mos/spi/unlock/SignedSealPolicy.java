package mos.spi.unlock;

import mos.spi.model.Bytes;

/**
 * A policy and its approval by a policy authority.
 *
 * @param policy the policy
 * @param signature RSASSA-PKCS1-v1_5 with SHA-256 over the bytes that {@link
 *     KeyVaultProvider#approvable} gives for the policy (TPM 2.0 Library Part 3, 23.16
 *     TPM2_PolicyAuthorize)
 */
public record SignedSealPolicy(SealPolicy policy, Bytes signature) {}
