package mos.plugin.disk;

import java.util.UUID;

/**
 * An entry of a GUID partition table (UEFI 2.10, 5.3.3).
 *
 * @param number from 1 on, as the kernel counts
 * @param type what it is for
 * @param id its unique id
 * @param first its first sector
 * @param last its last sector
 * @param name for people
 */
record Partition(int number, UUID type, UUID id, long first, long last, String name) {}
