package mos.plugin.x509verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * The product that a certificate is bound to: the common name of its subject is {@code manifest
 * PRODUCT:<uuid>}. The name is read from its encoding, because the text form of a distinguished
 * name can be made to look like another.
 */
final class ProductName {
  /** 2.5.4.3, id-at-commonName (X.520). */
  private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

  private static final Pattern FORM =
      Pattern.compile(
          "manifest PRODUCT:"
              + "([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})");

  private ProductName() {}

  /**
   * The product in a subject.
   *
   * @throws NotTrusted unless there is exactly one common name, on its own in its component, of
   *     exactly that form
   */
  static UUID of(X500Principal subject) throws NotTrusted {
    Matcher name = FORM.matcher(commonName(subject));
    if (!name.matches()) {
      throw new NotTrusted(
          "names no product: its common name must be 'manifest PRODUCT:<uuid>', its subject is '"
              + subject
              + "'");
    }
    return UUID.fromString(name.group(1));
  }

  private static String commonName(X500Principal subject) throws NotTrusted {
    String found = null;
    DerReader components = new DerReader(subject.getEncoded()).inside(DerReader.SEQUENCE);
    while (components.hasMore()) {
      DerReader component = components.inside(DerReader.SET);
      DerReader attribute = component.inside(DerReader.SEQUENCE);
      if (component.hasMore()) {
        throw new NotTrusted("its subject '" + subject + "' has a component with several values");
      }
      if (!Arrays.equals(attribute.content(DerReader.OBJECT_IDENTIFIER), COMMON_NAME)) {
        continue;
      }
      if (found != null) {
        throw new NotTrusted("its subject '" + subject + "' has more than one common name");
      }
      found = text(attribute);
    }
    if (found == null) {
      throw new NotTrusted("its subject '" + subject + "' has no common name");
    }
    return found;
  }

  private static String text(DerReader attribute) throws NotTrusted {
    int tag = attribute.tag();
    if (tag != DerReader.UTF8_STRING && tag != DerReader.PRINTABLE_STRING) {
      throw new NotTrusted("its common name is neither a UTF8String nor a PrintableString");
    }
    return new String(attribute.content(tag), StandardCharsets.UTF_8);
  }
}
