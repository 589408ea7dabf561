package mos.plugin.x509verify;

import static mos.plugin.x509verify.CertificateRules.named;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import mos.spi.verify.Purpose;

/**
 * Validates a chain up to one of the anchors, without revocation and without the network.
 *
 * <p>What is accepted is a narrow profile of RFC 5280, section 6 (one line of issuers, no name or
 * policy constraints), and all of it is checked here, for every purpose. The JDK's own validation
 * has to agree when something is accepted; at boot it would cost as much again as all the rest.
 *
 * @param purpose whether expiry counts
 * @param now the moment that counts if it does
 */
record PathValidation(Purpose purpose, Instant now) {
  /**
   * Accepts a chain or says why not.
   *
   * @throws NotTrusted when none of the anchors is at its end
   */
  void check(Chain chain, Anchors anchors) throws NotTrusted {
    CertificateRules.checkLeaf(chain.leaf());
    for (X509Certificate issuer : chain.intermediates()) {
      CertificateRules.checkIntermediate(issuer);
    }
    NotTrusted reason = null;
    for (X509Certificate anchor : anchors.named(chain.issuer())) {
      try {
        check(chain, anchor);
        return;
      } catch (NotTrusted e) {
        reason = e;
      }
    }
    throw reason != null
        ? reason
        : new NotTrusted(
            "was issued by '" + chain.issuer() + "', which is not one of the given CAs");
  }

  private void check(Chain chain, X509Certificate anchor) throws NotTrusted {
    List<X509Certificate> whole = new ArrayList<>(chain.certificates());
    whole.add(anchor);
    Instant moment =
        switch (purpose) {
          case ACCEPT -> acceptedNow(whole);
          case USE -> whenAllWereValid(whole);
        };
    checkIssuers(whole);
    if (purpose == Purpose.ACCEPT) {
      validate(chain, anchor, moment);
    }
  }

  /** Whether each certificate was signed by the next, which had the right to. */
  private static void checkIssuers(List<X509Certificate> certificates) throws NotTrusted {
    for (int i = 1; i < certificates.size(); i++) {
      X509Certificate issuer = certificates.get(i);
      if (issuer.getBasicConstraints() < i - 1) {
        throw new NotTrusted(named(issuer) + " does not allow so many intermediates (pathlen)");
      }
      checkSigned(certificates.get(i - 1), issuer);
    }
  }

  private static void checkSigned(X509Certificate certificate, X509Certificate issuer)
      throws NotTrusted {
    try {
      PublicKey key = issuer.getPublicKey();
      certificate.verify(key, KeyKind.of(key).provider());
    } catch (GeneralSecurityException e) {
      throw new NotTrusted(
          named(certificate) + " was not signed by the key of " + named(issuer), e);
    }
  }

  private Instant acceptedNow(List<X509Certificate> certificates) throws NotTrusted {
    for (X509Certificate certificate : certificates) {
      Instant begin = certificate.getNotBefore().toInstant();
      Instant end = certificate.getNotAfter().toInstant();
      if (now.isBefore(begin)) {
        throw new NotTrusted(
            named(certificate) + " is not valid before " + begin + ", and it is " + now);
      }
      if (now.isAfter(end)) {
        throw new NotTrusted(named(certificate) + " expired at " + end + ", and it is " + now);
      }
    }
    return now;
  }

  /**
   * A moment at which the whole chain was valid. What is used was accepted once, at such a moment;
   * that it has passed since, or that the clock of a booting machine is wrong, takes nothing from
   * the signature. A chain without any such moment was never acceptable.
   */
  private static Instant whenAllWereValid(List<X509Certificate> certificates) throws NotTrusted {
    Instant begin = Instant.MIN;
    Instant end = Instant.MAX;
    for (X509Certificate certificate : certificates) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant to = certificate.getNotAfter().toInstant();
      begin = from.isAfter(begin) ? from : begin;
      end = to.isBefore(end) ? to : end;
    }
    if (begin.isAfter(end)) {
      throw new NotTrusted(named(certificates.getFirst()) + " and its issuers were never valid");
    }
    return begin;
  }

  private static void validate(Chain chain, X509Certificate anchor, Instant moment)
      throws NotTrusted {
    try {
      CertPath path =
          CertificateFactory.getInstance("X.509").generateCertPath(chain.certificates());
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(moment));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException e) {
      String which = e.getIndex() < 0 ? "the chain" : named(chain.certificates().get(e.getIndex()));
      throw new NotTrusted(which + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new NotTrusted("the chain cannot be validated: " + e.getMessage(), e);
    }
  }
}
