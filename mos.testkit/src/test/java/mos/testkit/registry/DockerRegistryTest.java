package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerRegistryTest {
  private static final Account ACCOUNT = new Account("mos", "a secret");

  @TempDir Path directory;

  @Test
  void skopeoPushesByTlsAndPasswordAndReadsItBack() throws IOException {
    Path layout = Layouts.image(directory);
    Authority authority = Authority.in(directory.resolve("authority"));
    Path certs = Files.createDirectories(directory.resolve("certs"));
    Files.copy(authority.certificate(), certs.resolve("ca.crt"));
    RegistrySetup setup =
        RegistrySetup.in(directory.resolve("registry"))
            .tls(authority)
            .password(ACCOUNT.user(), ACCOUNT.password());
    String digest;
    try (DockerRegistry registry = DockerRegistry.start(setup)) {
      String image = "docker://" + registry.host() + "/some/image:one";
      Layouts.skopeo(
          directory,
          "copy",
          "--dest-cert-dir=" + certs,
          "--dest-creds=mos:a secret",
          "oci:" + layout + ":one",
          image);
      digest =
          Layouts.skopeo(
              directory,
              "inspect",
              "--format={{.Digest}}",
              "--cert-dir=" + certs,
              "--creds=mos:a secret",
              image);
      assertTrue(Files.readString(layout.resolve("index.json")).contains(digest), digest);
    }
    try (DockerRegistry again = DockerRegistry.start(setup);
        Web web = new Web(Optional.of(authority), Optional.of(ACCOUNT))) {
      assertEquals(
          200,
          web.get(
                  again.uri() + "/v2/some/image/manifests/" + digest,
                  "Accept",
                  "application/vnd.oci.image.manifest.v1+json")
              .statusCode());
    }
  }

  @Test
  void refusesAnotherPassword() throws IOException {
    try (DockerRegistry registry =
            DockerRegistry.start(RegistrySetup.in(directory).password("mos", "right"));
        Web web = new Web(Optional.empty(), Optional.of(new Account("mos", "wrong")))) {
      assertEquals(401, web.get(registry.uri() + "/v2/").statusCode());
    }
  }

  @Test
  void wantsAClientCertificateWhereAskedTo() throws Exception {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry =
        DockerRegistry.start(
            RegistrySetup.in(directory).tls(authority).clientCertificatesNeeded())) {
      try (Web web = new Web(Optional.of(authority), Optional.empty())) {
        assertThrows(IOException.class, () -> web.get(registry.uri() + "/v2/"));
      }
      HttpRequest request = HttpRequest.newBuilder(registry.uri().resolve("/v2/")).build();
      try (HttpClient client =
          HttpClient.newBuilder()
              .sslContext(authority.trusting(authority.client("someone")))
              .build()) {
        assertEquals(
            200, client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
      }
    }
  }

  @Test
  void saysWhyItDoesNotStart() {
    try (DockerRegistry registry =
        DockerRegistry.start(RegistrySetup.in(directory.resolve("one")))) {
      RegistrySetup taken =
          RegistrySetup.in(directory.resolve("other")).port(registry.uri().getPort());
      assertTrue(
          assertThrows(IllegalStateException.class, () -> DockerRegistry.start(taken))
              .getMessage()
              .contains("address already in use"));
    }
  }
}
