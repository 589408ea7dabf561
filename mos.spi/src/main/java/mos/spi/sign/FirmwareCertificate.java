package mos.spi.sign;

import java.nio.file.Path;
import java.util.UUID;

/**
 * A certificate as firmware holds it (UEFI 2.10, 32.4.1 EFI_SIGNATURE_DATA).
 *
 * @param owner its SignatureOwner
 * @param certificate PEM
 */
public record FirmwareCertificate(UUID owner, Path certificate) {}
