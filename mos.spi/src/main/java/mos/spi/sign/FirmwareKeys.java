package mos.spi.sign;

import java.util.List;

/**
 * The key databases of a machine's firmware, in the order in which they are enrolled, which PCR 7
 * depends on.
 *
 * @param platform PK
 * @param exchange KEK
 * @param allowed db
 */
public record FirmwareKeys(
    FirmwareCertificate platform, FirmwareCertificate exchange, List<FirmwareCertificate> allowed) {
  /** Copies the list. */
  public FirmwareKeys {
    allowed = List.copyOf(allowed);
  }
}
