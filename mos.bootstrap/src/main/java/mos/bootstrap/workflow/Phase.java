package mos.bootstrap.workflow;

/**
 * The life cycle's phases and the plugins of mos that bring them, for a message when one is
 * missing.
 */
enum Phase {
  STORE("store", "zot-layout"),
  VERIFY("verify", "x509-verify"),
  MOUNT("mount", "atomfs"),
  ACTIVATE("activate", "systemd-activate"),
  UPGRADE("upgrade", "git-upgrade"),
  SIGN("sign", "keyset"),
  SEAL("unlock", "tpm"),
  UNLOCK("unlock", "luks"),
  DISK("disk", "disk"),
  BOOTKIT("publish", "uki");

  private final String phase;
  private final String plugin;

  Phase(String phase, String plugin) {
    this.phase = phase;
    this.plugin = plugin;
  }

  String plugin() {
    return plugin;
  }

  @Override
  public String toString() {
    return phase;
  }
}
