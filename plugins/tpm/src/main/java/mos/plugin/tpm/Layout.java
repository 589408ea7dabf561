package mos.plugin.tpm;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a machine's things are in its TPM, and who may read and write each. What is longer than an
 * index of this TPM may be goes on at the handle that is 0x100 higher.
 *
 * @param certificateParts how many indexes the certificate takes
 * @param keyParts how many its key takes
 */
record Layout(int certificateParts, int keyParts) {
  /** The owner's authorization value; opened by the administration's authority. */
  static final int ADMIN_PASSWORD = 0x1500001;

  /** This. */
  static final int LAYOUT = 0x1500002;

  static final int VERSION = 0x1500020;
  static final int CERTIFICATE = 0x1500021;
  static final int KEY = 0x1500022;

  /** Holds nothing: who knows its authorization value may write the version. */
  static final int VERSION_GATE = 0x1500023;

  /** That authorization value. */
  static final int VERSION_PASSWORD = 0x1500024;

  /** The key of the volumes (of the OS; that of the factory, 0x1500030, is not used here). */
  static final int LUKS_KEY = 0x1500040;

  static final int LUKS_KEY_SIZE = 32;
  static final int MAX_PARTS = 4;

  private static final int STEP = 0x100;
  private static final int NUMBER = 1;
  private static final int SIZE = 4;

  private static final List<Integer> SINGLE =
      List.of(ADMIN_PASSWORD, LAYOUT, VERSION, VERSION_GATE, VERSION_PASSWORD, LUKS_KEY);

  /** Everything that a machine can have. */
  static List<Integer> everything() {
    List<Integer> indexes = new ArrayList<>(SINGLE);
    indexes.addAll(parts(CERTIFICATE, MAX_PARTS));
    indexes.addAll(parts(KEY, MAX_PARTS));
    return indexes;
  }

  /** The indexes that something of several parts takes. */
  static List<Integer> parts(int first, int count) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      indexes.add(first + i * STEP);
    }
    return indexes;
  }

  /** What the authority of the volumes opens. */
  List<Integer> secrets() {
    List<Integer> indexes = new ArrayList<>(List.of(LUKS_KEY, VERSION_PASSWORD));
    indexes.addAll(parts(KEY, keyParts));
    return indexes;
  }

  /** The index that holds this. */
  static NvIndex index() {
    return readable(LAYOUT, SIZE);
  }

  byte[] marshalled() {
    return new Marshaller().u16(NUMBER).u8(certificateParts).u8(keyParts).toArray();
  }

  static Layout read(byte[] content) {
    Unmarshaller from = new Unmarshaller(Command.NV_READ, content);
    int number = from.u16();
    Layout layout = new Layout(from.u8(), from.u8());
    from.end();
    if (number != NUMBER
        || layout.certificateParts > MAX_PARTS
        || layout.keyParts < 1
        || layout.keyParts > MAX_PARTS) {
      throw from.malformed("layout " + number + ", which this version of mos does not know");
    }
    return layout;
  }

  /** What everybody may read and only the owner writes. */
  static NvIndex readable(int handle, int size) {
    return new NvIndex(
        handle, NvIndex.OWNERWRITE | NvIndex.AUTHREAD | NvIndex.NO_DA, new byte[0], size);
  }

  /** What only a policy opens, until it is locked. */
  static NvIndex secret(int handle, byte[] authPolicy, int size) {
    return new NvIndex(
        handle,
        NvIndex.OWNERWRITE | NvIndex.POLICYREAD | NvIndex.NO_DA | NvIndex.READ_STCLEAR,
        authPolicy,
        size);
  }
}
