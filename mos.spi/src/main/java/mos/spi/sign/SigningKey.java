package mos.spi.sign;

import java.nio.file.Path;

/**
 * A key that signs what firmware starts, as files for the tools that sign.
 *
 * @param privateKey PKCS#8 PEM
 * @param certificate PEM
 */
public record SigningKey(Path privateKey, Path certificate) {}
