package mos.testkit.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/** A client that trusts one authority and follows no redirects. */
final class Web implements AutoCloseable {
  private final HttpClient client;
  private final Optional<Account> account;

  Web(Optional<Authority> authority, Optional<Account> account) {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    authority.ifPresent(trusted -> builder.sslContext(trusted.trusting()));
    this.client = builder.build();
    this.account = account;
  }

  static Web plain() {
    return new Web(Optional.empty(), Optional.empty());
  }

  HttpResponse<byte[]> get(String uri, String... headers) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  HttpResponse<byte[]> put(String uri, String type, byte[] body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(uri))
            .header("Content-Type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<byte[]> post(String uri, String type, byte[] body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(uri))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
    account.ifPresent(known -> request.header("Authorization", known.basic()));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
