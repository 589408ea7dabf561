package mos.plugin.uki;

import java.io.IOException;
import mos.spi.model.Digest;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Signatures as firmware wants them: PKCS#7 1.5 SignedData of version 1 (RFC 2315), SHA-256, one
 * signer with its certificate. They carry no time of signing, unlike those of sbsign, so that the
 * same inputs give the same bytes.
 */
final class SignedData {
  private static final ASN1Integer VERSION = new ASN1Integer(1);
  private static final ASN1Encodable SHA256 =
      new DERSequence(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
  private static final ASN1Encodable RSA =
      new DERSequence(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
  private static final ASN1ObjectIdentifier INDIRECT_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.4");
  private static final ASN1ObjectIdentifier PE_IMAGE_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.15");

  private SignedData() {}

  /**
   * The signature of an executable (Windows Authenticode Portable Executable Signature Format), in
   * a ContentInfo.
   */
  static byte[] ofExecutable(byte[] digest, SigningIdentity signer) {
    // No flags, and a file name that the format asks for and nobody reads.
    ASN1Encodable type =
        new DERSequence(
            PE_IMAGE_DATA,
            new DERSequence(
                new DERBitString(new byte[0]),
                new DERTaggedObject(
                    true,
                    0,
                    new DERTaggedObject(
                        true, 2, new DERTaggedObject(false, 0, new DEROctetString(new byte[0]))))));
    ASN1Encodable[] content = {type, new DERSequence(SHA256, new DEROctetString(digest))};
    byte[] contentDigest = sha256(content);
    DERSet attributes =
        new DERSet(
            new ASN1Encodable[] {
              new DERSequence(
                  PKCSObjectIdentifiers.pkcs_9_at_contentType, new DERSet(INDIRECT_DATA)),
              new DERSequence(
                  PKCSObjectIdentifiers.pkcs_9_at_messageDigest,
                  new DERSet(new DEROctetString(contentDigest)))
            });
    ASN1Encodable info =
        new DERSequence(INDIRECT_DATA, new DERTaggedObject(true, 0, new DERSequence(content)));
    ASN1Encodable signed = signedData(info, attributes, signer.sign(encode(attributes)), signer);
    return encode(
        new DERSequence(PKCSObjectIdentifiers.signedData, new DERTaggedObject(true, 0, signed)));
  }

  /** The signature over bytes that lie elsewhere (UEFI 2.10, 8.2.2), without a ContentInfo. */
  static byte[] detached(byte[] content, SigningIdentity signer) {
    return encode(
        signedData(
            new DERSequence(PKCSObjectIdentifiers.data), null, signer.sign(content), signer));
  }

  private static ASN1Encodable signedData(
      ASN1Encodable content,
      @Nullable DERSet attributes,
      byte[] signature,
      SigningIdentity signer) {
    ASN1Encodable identity =
        new DERSequence(
            decode(signer.certificate().getIssuerX500Principal().getEncoded()),
            new ASN1Integer(signer.certificate().getSerialNumber()));
    ASN1Encodable value = new DEROctetString(signature);
    ASN1Encodable signerInfo =
        attributes == null
            ? new DERSequence(new ASN1Encodable[] {VERSION, identity, SHA256, RSA, value})
            : new DERSequence(
                new ASN1Encodable[] {
                  VERSION, identity, SHA256, new DERTaggedObject(false, 0, attributes), RSA, value
                });
    return new DERSequence(
        new ASN1Encodable[] {
          VERSION,
          new DERSet(SHA256),
          content,
          new DERTaggedObject(false, 0, new DERSet(decode(signer.der()))),
          new DERSet(signerInfo)
        });
  }

  /** The digest of a sequence's content, which PKCS#7 takes without tag and length. */
  private static byte[] sha256(ASN1Encodable... parts) {
    var digest = Digest.sha256();
    for (ASN1Encodable part : parts) {
      digest.update(encode(part));
    }
    return digest.digest();
  }

  private static byte[] encode(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("what was put together cannot be encoded", e);
    }
  }

  private static ASN1Primitive decode(byte[] der) {
    try {
      return ASN1Primitive.fromByteArray(der);
    } catch (IOException e) {
      throw new IllegalStateException("what a certificate holds cannot be decoded", e);
    }
  }
}
