package mos.plugin.tpm;

import java.io.IOException;

/** Where commands go and responses come from. */
interface Transport extends AutoCloseable {
  /** Sends a command and waits for its response. */
  byte[] exchange(byte[] command) throws IOException;

  @Override
  void close() throws IOException;
}
