/** Phase unlock: keys that a TPM 2.0 seals, spoken to in plain Java. */
@org.jspecify.annotations.NullMarked
package mos.plugin.tpm;
