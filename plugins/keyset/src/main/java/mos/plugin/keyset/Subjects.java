package mos.plugin.keyset;

import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.cert.X509CertificateHolder;

/** Reads the subjects of certificates. */
final class Subjects {
  private Subjects() {}

  /** The values of an attribute as they are, without the escapes of a name's text form. */
  static List<String> values(X509CertificateHolder certificate, ASN1ObjectIdentifier attribute) {
    return Stream.of(certificate.getSubject().getRDNs())
        .filter(component -> !component.isMultiValued())
        .map(component -> component.getFirst())
        .filter(value -> value.getType().equals(attribute))
        .map(value -> value.getValue() instanceof ASN1String text ? text.getString() : "")
        .toList();
  }
}
