package mos.plugin.x509verify;

import static mos.plugin.x509verify.CertificateRules.named;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that came in one file, in order: the end certificate, then each one's issuer, up
 * to but without the trust anchor. Only names have been compared yet.
 *
 * @param certificates at least one
 */
record Chain(List<X509Certificate> certificates) {
  /**
   * Orders the certificates of a file, in which they may stand in any order and may include the
   * anchor.
   *
   * @throws NotTrusted when they are not one chain: what is not needed is not examined by anybody,
   *     and so must not be there
   */
  static Chain of(List<X509Certificate> found, Anchors anchors) throws NotTrusted {
    List<X509Certificate> rest = new ArrayList<>(found);
    rest.removeIf(anchors::contains);
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next = leaf(rest);
    while (next != null) {
      chain.add(next);
      rest.remove(next);
      next = subject(next.getIssuerX500Principal(), rest);
    }
    if (!rest.isEmpty()) {
      throw new NotTrusted(named(rest.getFirst()) + " is not part of the chain; remove it");
    }
    return new Chain(List.copyOf(chain));
  }

  X509Certificate leaf() {
    return certificates.getFirst();
  }

  List<X509Certificate> intermediates() {
    return certificates.subList(1, certificates.size());
  }

  /** Who must have issued the last one. */
  X500Principal issuer() {
    return certificates.getLast().getIssuerX500Principal();
  }

  private static X509Certificate leaf(List<X509Certificate> rest) throws NotTrusted {
    List<X509Certificate> ends =
        rest.stream().filter(c -> rest.stream().noneMatch(other -> issued(c, other))).toList();
    if (ends.size() != 1) {
      throw new NotTrusted(
          ends.isEmpty()
              ? "has no end certificate, only authorities"
              : "is not one chain: " + named(ends.get(0)) + ", " + named(ends.get(1)));
    }
    return ends.getFirst();
  }

  private static boolean issued(X509Certificate issuer, X509Certificate other) {
    return !other.equals(issuer)
        && other.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
  }

  private static @Nullable X509Certificate subject(X500Principal name, List<X509Certificate> rest)
      throws NotTrusted {
    X509Certificate found = null;
    for (X509Certificate certificate : rest) {
      if (certificate.getSubjectX500Principal().equals(name)) {
        if (found != null) {
          throw new NotTrusted("has two certificates of " + named(certificate));
        }
        found = certificate;
      }
    }
    return found;
  }
}
