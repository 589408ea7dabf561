package mos.plugin.tpm;

/**
 * What a TPM answers when it does not do as it is told (TPM 2.0 Library Part 2, 6.6). A code of
 * format one also says which handle, session or parameter it means; {@link #kind} leaves that out.
 */
final class ResponseCode {
  static final int BAD_TAG = 0x01e;
  static final int VALUE = 0x084;
  static final int HANDLE = 0x08b;
  static final int AUTH_FAIL = 0x08e;
  static final int SIZE = 0x095;
  static final int SIGNATURE = 0x09b;
  static final int POLICY_FAIL = 0x09d;
  static final int BAD_AUTH = 0x0a2;
  static final int POLICY = 0x126;
  static final int PCR_CHANGED = 0x128;
  static final int NV_LOCKED = 0x148;
  static final int NV_UNINITIALIZED = 0x14a;
  static final int YIELDED = 0x908;
  static final int TESTING = 0x90a;
  static final int NV_RATE = 0x920;
  static final int LOCKOUT = 0x921;
  static final int RETRY = 0x922;

  private static final int FORMAT_ONE = 0x080;
  private static final int FORMAT_ONE_KIND = 0x0bf;
  private static final int OF_PARAMETER = 0x040;
  private static final int OF_SESSION = 0x800;

  private ResponseCode() {}

  /** The code without the number of the handle, session or parameter. */
  static int kind(int code) {
    return (code & FORMAT_ONE) != 0 && code >>> 12 == 0 ? code & FORMAT_ONE_KIND : code;
  }

  /** Whether the same command will do a little later. */
  static boolean isPassing(int code) {
    return code == RETRY || code == YIELDED || code == TESTING || code == NV_RATE;
  }

  /** Its name, its number, and what to do where that is known. */
  static String words(int code) {
    String hint = hint(kind(code));
    return "%s%s (0x%x)%s"
        .formatted(name(kind(code)), place(code), code, hint.isEmpty() ? "" : ": " + hint);
  }

  private static String place(int code) {
    if ((code & FORMAT_ONE) == 0 || code >>> 12 != 0) {
      return "";
    }
    int number = code >>> 8 & 0xf;
    if ((code & OF_PARAMETER) != 0) {
      return " of parameter " + number;
    }
    return (code & OF_SESSION) != 0 ? " of session " + (number & 7) : " of handle " + number;
  }

  private static String hint(int kind) {
    return switch (kind) {
      case LOCKOUT ->
          "locked out after failed authorizations or unclean power-offs; leave the machine on until"
              + " the TPM's recovery time is over, or clear the TPM in the firmware setup";
      case BAD_TAG -> "it is no TPM 2.0";
      case 0x101 -> "it failed its self-test; switch the machine off and on";
      case 0x100 -> "the firmware has not started it";
      case 0x14b -> "it has no room left";
      case 0x120, 0x085 -> "its owner hierarchy is disabled in the firmware";
      case NV_LOCKED -> "locked until the next reset";
      default -> "";
    };
  }

  private static String name(int kind) {
    return switch (kind) {
      case BAD_TAG -> "TPM_RC_BAD_TAG";
      case 0x081 -> "TPM_RC_ASYMMETRIC";
      case 0x082 -> "TPM_RC_ATTRIBUTES";
      case 0x083 -> "TPM_RC_HASH";
      case VALUE -> "TPM_RC_VALUE";
      case 0x085 -> "TPM_RC_HIERARCHY";
      case 0x087 -> "TPM_RC_KEY_SIZE";
      case 0x088 -> "TPM_RC_MGF";
      case 0x089 -> "TPM_RC_MODE";
      case 0x08a -> "TPM_RC_TYPE";
      case HANDLE -> "TPM_RC_HANDLE";
      case 0x08c -> "TPM_RC_KDF";
      case 0x08d -> "TPM_RC_RANGE";
      case AUTH_FAIL -> "TPM_RC_AUTH_FAIL";
      case 0x08f -> "TPM_RC_NONCE";
      case 0x090 -> "TPM_RC_PP";
      case 0x092 -> "TPM_RC_SCHEME";
      case SIZE -> "TPM_RC_SIZE";
      case 0x096 -> "TPM_RC_SYMMETRIC";
      case 0x097 -> "TPM_RC_TAG";
      case 0x098 -> "TPM_RC_SELECTOR";
      case 0x09a -> "TPM_RC_INSUFFICIENT";
      case SIGNATURE -> "TPM_RC_SIGNATURE";
      case 0x09c -> "TPM_RC_KEY";
      case POLICY_FAIL -> "TPM_RC_POLICY_FAIL";
      case 0x09f -> "TPM_RC_INTEGRITY";
      case 0x0a0 -> "TPM_RC_TICKET";
      case 0x0a1 -> "TPM_RC_RESERVED_BITS";
      case BAD_AUTH -> "TPM_RC_BAD_AUTH";
      case 0x0a3 -> "TPM_RC_EXPIRED";
      case 0x0a4 -> "TPM_RC_POLICY_CC";
      case 0x0a5 -> "TPM_RC_BINDING";
      case 0x100 -> "TPM_RC_INITIALIZE";
      case 0x101 -> "TPM_RC_FAILURE";
      case 0x103 -> "TPM_RC_SEQUENCE";
      case 0x120 -> "TPM_RC_DISABLED";
      case 0x121 -> "TPM_RC_EXCLUSIVE";
      case 0x124 -> "TPM_RC_AUTH_TYPE";
      case 0x125 -> "TPM_RC_AUTH_MISSING";
      case POLICY -> "TPM_RC_POLICY";
      case 0x127 -> "TPM_RC_PCR";
      case PCR_CHANGED -> "TPM_RC_PCR_CHANGED";
      case 0x12e -> "TPM_RC_TOO_MANY_CONTEXTS";
      case 0x12f -> "TPM_RC_AUTH_UNAVAILABLE";
      case 0x130 -> "TPM_RC_REBOOT";
      case 0x142 -> "TPM_RC_COMMAND_SIZE";
      case 0x143 -> "TPM_RC_COMMAND_CODE";
      case 0x144 -> "TPM_RC_AUTHSIZE";
      case 0x145 -> "TPM_RC_AUTH_CONTEXT";
      case 0x146 -> "TPM_RC_NV_RANGE";
      case 0x147 -> "TPM_RC_NV_SIZE";
      case NV_LOCKED -> "TPM_RC_NV_LOCKED";
      case 0x149 -> "TPM_RC_NV_AUTHORIZATION";
      case NV_UNINITIALIZED -> "TPM_RC_NV_UNINITIALIZED";
      case 0x14b -> "TPM_RC_NV_SPACE";
      case 0x14c -> "TPM_RC_NV_DEFINED";
      case 0x153 -> "TPM_RC_NEEDS_TEST";
      case 0x902 -> "TPM_RC_OBJECT_MEMORY";
      case 0x903 -> "TPM_RC_SESSION_MEMORY";
      case 0x904 -> "TPM_RC_MEMORY";
      case 0x905 -> "TPM_RC_SESSION_HANDLES";
      case 0x906 -> "TPM_RC_OBJECT_HANDLES";
      case 0x907 -> "TPM_RC_LOCALITY";
      case YIELDED -> "TPM_RC_YIELDED";
      case 0x909 -> "TPM_RC_CANCELED";
      case TESTING -> "TPM_RC_TESTING";
      case NV_RATE -> "TPM_RC_NV_RATE";
      case LOCKOUT -> "TPM_RC_LOCKOUT";
      case RETRY -> "TPM_RC_RETRY";
      case 0x923 -> "TPM_RC_NV_UNAVAILABLE";
      default -> "an unknown response code";
    };
  }
}
