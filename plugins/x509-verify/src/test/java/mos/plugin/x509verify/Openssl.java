package mos.plugin.x509verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.verify.Attachment;
import mos.spi.verify.TrustAnchors;

/** Keys, certificates and signatures as the real openssl makes them, in one directory. */
final class Openssl {
  static final String RSA = "rsa:2048";
  static final String P256 = "ec:P-256";
  static final String P384 = "ec:P-384";
  static final String ED25519 = "ed25519";

  static final String CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";
  static final String LEAF =
      """
      basicConstraints=critical,CA:FALSE
      keyUsage=critical,digitalSignature
      extendedKeyUsage=codeSigning
      """;
  static final String PRODUCT = "2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4";
  static final String SUBJECT = "/CN=manifest PRODUCT:" + PRODUCT;

  private final Path directory;

  Openssl(Path directory) {
    this.directory = directory;
  }

  /** A private key {@code name.key}. */
  Openssl key(String name, String kind) {
    List<String> command = new ArrayList<>(List.of("genpkey", "-out", name + ".key", "-algorithm"));
    List<String> parts = List.of(kind.split(":", -1));
    switch (parts.getFirst()) {
      case "rsa" -> command.addAll(List.of("RSA", "-pkeyopt", "rsa_keygen_bits:" + parts.get(1)));
      case "ec" ->
          command.addAll(
              List.of(
                  "EC",
                  "-pkeyopt",
                  "ec_paramgen_curve:" + parts.get(1),
                  "-pkeyopt",
                  "ec_param_enc:" + (parts.size() > 2 ? parts.get(2) : "named_curve")));
      default -> command.add(parts.getFirst());
    }
    return run(command.toArray(String[]::new));
  }

  /** A self-signed authority {@code name.pem} with its key. */
  Openssl authority(String name, String... options) {
    key(name, P256);
    write(name + ".cnf", "[req]\ndistinguished_name=dn\n[dn]\n[x]\n" + CA);
    return selfSigned(name, "/CN=" + name, options);
  }

  /** A self-signed certificate {@code name.pem} for {@code name.key} after {@code name.cnf}. */
  Openssl selfSigned(String name, String subject, String... options) {
    return run(
        with(
            options,
            "req -new -x509 -days 100 -extensions x -config %1$s.cnf -key %1$s.key -out %1$s.pem -subj",
            name,
            subject));
  }

  /** A certificate {@code name.pem} for {@code name.key}, issued by {@code issuer}. */
  Openssl issue(String name, String issuer, String subject, String extensions, String... options) {
    write(name + ".ext", extensions);
    write("empty.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
    run(
        with(
            new String[0],
            "req -new -config empty.cnf -key %1$s.key -out %1$s.csr -subj",
            name,
            subject));
    List<String> command =
        new ArrayList<>(List.of("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem"));
    command.addAll(List.of("-CAkey", issuer + ".key", "-extfile", name + ".ext"));
    command.addAll(List.of("-out", name + ".pem"));
    if (!List.of(options).contains("-days")) {
      command.addAll(List.of("-days", "90"));
    }
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new));
  }

  /** A key and a certificate that may sign manifests. */
  Openssl signer(String name, String kind, String issuer) {
    return key(name, kind).issue(name, issuer, SUBJECT, LEAF);
  }

  /** The signature of {@code document} that {@code openssl dgst} makes. */
  Attachment sign(String name, String hash, Bytes document) {
    write("document", document);
    run("dgst", "-" + hash, "-sign", name + ".key", "-out", "signature", "document");
    return attachment("signature");
  }

  /** The signature of {@code document} that {@code openssl pkeyutl} makes over all of it. */
  Attachment signRaw(String name, Bytes document) {
    write("document", document);
    run(
        "pkeyutl",
        "-sign",
        "-rawin",
        "-inkey",
        name + ".key",
        "-in",
        "document",
        "-out",
        "signature");
    return attachment("signature");
  }

  /** The certificates of some names in one file. */
  Attachment certificates(String... names) {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append(read(name + ".pem").text());
    }
    return new Attachment(String.join("+", names), Bytes.utf8(all.toString()));
  }

  TrustAnchors anchors(String... names) {
    return new TrustAnchors("ca.pem", certificates(names).bytes());
  }

  Attachment attachment(String file) {
    return new Attachment(file, read(file));
  }

  Bytes read(String file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(directory.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(String file, String content) {
    write(file, Bytes.utf8(content));
  }

  void write(String file, Bytes content) {
    try {
      Files.write(directory.resolve(file), content.toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Openssl run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + " failed: " + output);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String[] with(String[] more, String words, String name, String subject) {
    List<String> command = new ArrayList<>(List.of(words.formatted(name).split(" ", -1)));
    command.add(subject);
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }
}
