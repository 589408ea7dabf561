package mos.plugin.x509verify;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.model.Bytes;

/** The DER under the PEM armour of certificates, to change it. */
final class Armour {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", Pattern.DOTALL);

  private Armour() {}

  /** The certificates in DER. */
  static List<Bytes> open(Bytes pem) {
    List<Bytes> all = new ArrayList<>();
    Matcher block = BLOCK.matcher(pem.text());
    while (block.find()) {
      all.add(Bytes.copyOf(Base64.getMimeDecoder().decode(block.group(1))));
    }
    return all;
  }

  /** The same file with another certificate in one place. */
  static Bytes replace(Bytes pem, Bytes der, Bytes other) {
    return Bytes.utf8(
        pem.text()
            .replace(wrap(der).strip(), wrap(other).strip())
            .replace(
                wrap(der).strip().replace("\n", "\r\n"),
                wrap(other).strip().replace("\n", "\r\n")));
  }

  /** One certificate in PEM. */
  static String wrap(Bytes der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toArray())
        + "\n-----END CERTIFICATE-----\n";
  }
}
