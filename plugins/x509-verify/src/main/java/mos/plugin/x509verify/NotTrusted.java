package mos.plugin.x509verify;

/** Why a certificate or a signature is not accepted. Its message becomes part of the refusal. */
final class NotTrusted extends Exception {
  private static final long serialVersionUID = 1L;

  NotTrusted(String reason) {
    super(reason);
  }

  NotTrusted(String reason, Throwable cause) {
    super(reason, cause);
  }
}
