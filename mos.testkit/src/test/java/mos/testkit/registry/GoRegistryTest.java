package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoRegistryTest {
  private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final Account ACCOUNT = new Account("mos", "secret");

  @TempDir Path directory;

  @Test
  void answersTheReferrersOfAnImage() throws Exception {
    Authority authority = Authority.in(directory.resolve("authority"));
    RegistrySetup setup =
        RegistrySetup.in(directory.resolve("registry")).tls(authority).password("mos", "secret");
    try (GoRegistry registry = GoRegistry.start(setup);
        Web web = new Web(Optional.of(authority), Optional.of(ACCOUNT))) {
      String repository = registry.uri() + "/v2/some/image";
      byte[] subject = manifest("");
      byte[] referrer =
          manifest(
              ",\"artifactType\":\"text/x\",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                  .formatted(TYPE, digest(subject), subject.length));
      post(web, repository, "{}".getBytes(StandardCharsets.UTF_8));
      assertEquals(201, web.put(repository + "/manifests/one", TYPE, subject).statusCode());
      assertEquals(
          201, web.put(repository + "/manifests/" + digest(referrer), TYPE, referrer).statusCode());

      HttpResponse<byte[]> answer = web.get(repository + "/referrers/" + digest(subject));

      assertEquals(200, answer.statusCode());
      String body = new String(answer.body(), StandardCharsets.UTF_8);
      assertTrue(body.contains(digest(referrer)), body);
    }
  }

  @Test
  void wantsThePassword() throws IOException {
    try (GoRegistry registry =
            GoRegistry.start(RegistrySetup.in(directory).password("mos", "secret"));
        Web web = Web.plain()) {
      assertEquals(401, web.get(registry.uri() + "/v2/").statusCode());
    }
  }

  private static void post(Web web, String repository, byte[] blob) throws Exception {
    assertEquals(
        201,
        web.post(
                repository + "/blobs/uploads/?digest=" + digest(blob),
                "application/octet-stream",
                blob)
            .statusCode());
  }

  private static byte[] manifest(String more) throws Exception {
    String config =
        "{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"%s\",\"size\":2}"
            .formatted(digest("{}".getBytes(StandardCharsets.UTF_8)));
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[]%s}"
            .formatted(TYPE, config, more);
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] bytes) throws Exception {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
