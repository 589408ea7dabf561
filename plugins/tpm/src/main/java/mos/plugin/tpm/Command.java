package mos.plugin.tpm;

/** The commands used here (TPM 2.0 Library Part 2, 6.5.2). */
enum Command {
  EVICT_CONTROL(0x120, "TPM2_EvictControl"),
  NV_UNDEFINE_SPACE(0x122, "TPM2_NV_UndefineSpace"),
  HIERARCHY_CHANGE_AUTH(0x129, "TPM2_HierarchyChangeAuth"),
  NV_DEFINE_SPACE(0x12a, "TPM2_NV_DefineSpace"),
  CREATE_PRIMARY(0x131, "TPM2_CreatePrimary"),
  NV_WRITE(0x137, "TPM2_NV_Write"),
  POLICY_NV(0x149, "TPM2_PolicyNV"),
  NV_READ(0x14e, "TPM2_NV_Read"),
  NV_READ_LOCK(0x14f, "TPM2_NV_ReadLock"),
  POLICY_SECRET(0x151, "TPM2_PolicySecret"),
  FLUSH_CONTEXT(0x165, "TPM2_FlushContext"),
  LOAD_EXTERNAL(0x167, "TPM2_LoadExternal"),
  NV_READ_PUBLIC(0x169, "TPM2_NV_ReadPublic"),
  POLICY_AUTHORIZE(0x16a, "TPM2_PolicyAuthorize"),
  READ_PUBLIC(0x173, "TPM2_ReadPublic"),
  START_AUTH_SESSION(0x176, "TPM2_StartAuthSession"),
  VERIFY_SIGNATURE(0x177, "TPM2_VerifySignature"),
  GET_CAPABILITY(0x17a, "TPM2_GetCapability"),
  PCR_READ(0x17e, "TPM2_PCR_Read"),
  POLICY_PCR(0x17f, "TPM2_PolicyPCR"),
  PCR_EXTEND(0x182, "TPM2_PCR_Extend");

  private final int code;
  private final String words;

  Command(int code, String words) {
    this.code = code;
    this.words = words;
  }

  int code() {
    return code;
  }

  /** How the specification calls it. */
  String words() {
    return words;
  }
}
