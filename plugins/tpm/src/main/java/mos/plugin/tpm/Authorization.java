package mos.plugin.tpm;

import java.util.List;

/** What authorizes a command: the one entry of its authorization area. */
interface Authorization {
  /** The empty password. */
  Authorization EMPTY =
      new Authorization() {
        @Override
        public byte[] area(Command command, List<Entity> handles, byte[] parameters) {
          return new Marshaller().u32(0x40000009).u16(0).u8(1).u16(0).toArray();
        }

        @Override
        public void accept(Unmarshaller area, Command command, byte[] parameters) {
          area.sized();
          area.u8();
          area.sized();
        }
      };

  /**
   * The entry.
   *
   * @param parameters of the command, of which this may encrypt the first in place
   */
  byte[] area(Command command, List<Entity> handles, byte[] parameters);

  /**
   * Checks the entry of the response.
   *
   * @param parameters of the response, of which this may decrypt the first in place
   * @throws mos.spi.MosException RESOURCE when it is not what the TPM would answer
   */
  void accept(Unmarshaller area, Command command, byte[] parameters);
}
