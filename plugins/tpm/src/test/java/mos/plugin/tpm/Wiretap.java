package mos.plugin.tpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Hears what is said on the bus. */
final class Wiretap implements Transport {
  private final Transport transport;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private int count;

  Wiretap(Transport transport) {
    this.transport = transport;
  }

  @Override
  public byte[] exchange(byte[] command) throws IOException {
    count++;
    heard.write(command);
    byte[] response = transport.exchange(command);
    heard.write(response);
    return response;
  }

  boolean heard(String text) {
    return heard.toString(StandardCharsets.ISO_8859_1).contains(text);
  }

  int count() {
    return count;
  }

  @Override
  public void close() throws IOException {
    transport.close();
  }
}
