package mos.plugin.tpm;

import java.nio.file.Path;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.KeyVaultProvider;
import mos.spi.unlock.SealPolicy;

/** The TPM of this machine. */
public final class TpmKeyVaultProvider implements KeyVaultProvider {
  private static final List<Path> DEVICES = List.of(Path.of("/dev/tpmrm0"), Path.of("/dev/tpm0"));

  @Override
  public KeyVault open() {
    return new TpmKeyVault(new Tpm(DeviceTransport.open(DEVICES)));
  }

  @Override
  public Bytes approvable(SealPolicy policy) {
    return Bytes.copyOf(Seal.approvable(policy));
  }
}
