/** Phase unlock: keys that a TPM 2.0 seals, spoken to in plain Java. */
module mos.plugin.tpm {
  requires mos.spi;
  requires static org.jspecify;

  provides mos.spi.unlock.KeyVaultProvider with
      mos.plugin.tpm.TpmKeyVaultProvider;
}
