package mos.spi.disk;

import java.util.UUID;

/** What a partition of a machine's disk is for. */
public enum PartitionRole {
  /** The EFI system partition, FAT, in the clear. */
  ESP("esp", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", false),
  /** The configuration, on a sealed volume. */
  CONFIG("machine-config", "F79962B9-24E6-9948-9F94-E6BFDAD2771A", true),
  /** The image store, on a sealed volume. */
  STORE("machine-store", "F79962B9-24E6-9948-9F94-E6BFDAD2771B", true),
  /** What writable mounts write, on a sealed volume. */
  SCRATCH("machine-scratch", "F79962B9-24E6-9948-9F94-E6BFDAD2771C", true);

  private final String label;
  private final UUID type;
  private final boolean sealed;

  PartitionRole(String label, String type, boolean sealed) {
    this.label = label;
    this.type = UUID.fromString(type);
    this.sealed = sealed;
  }

  /** The partition's name in the GPT, and the label of its file system. */
  public String label() {
    return label;
  }

  /** The partition's type in the GPT (UEFI 2.10, 5.3.3). */
  public UUID type() {
    return type;
  }

  /** Whether its file system is on a volume that only the machine's key opens. */
  public boolean isSealed() {
    return sealed;
  }
}
