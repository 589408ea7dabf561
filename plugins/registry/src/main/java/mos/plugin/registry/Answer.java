package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;

/** Answers of which only the head is of interest. */
final class Answer {
  private static final int MAX = 16 << 10;

  private Answer() {}

  /** Reads the rest, so that the connection can be used again; gives what it says about why. */
  static String done(HttpResponse<InputStream> answer) {
    try (InputStream body = answer.body()) {
      return Answers.because(body.readNBytes(MAX));
    } catch (IOException e) {
      return "";
    }
  }
}
