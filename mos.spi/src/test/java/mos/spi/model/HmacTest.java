package mos.spi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HmacTest {
  @Test
  void itIsThatOfTheJdk() throws Exception {
    Random random = new Random(1);
    for (int keySize : new int[] {1, 32, 63, 64, 65, 200}) {
      byte[] key = bytes(random, keySize);
      byte[] content = bytes(random, 100);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] expected = mac.doFinal(content);
      assertArrayEquals(expected, Hmac.sha256(key, content));
      byte[] end = Arrays.copyOfRange(content, 40, 100);
      assertArrayEquals(expected, Hmac.sha256(key, Arrays.copyOf(content, 40), new byte[0], end));
    }
  }

  private static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
