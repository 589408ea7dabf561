package mos.bootstrap.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import mos.formats.SealPoliciesFormat;
import mos.linux.DirectoryTree;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder.BootkitRequest;
import mos.spi.image.Descriptor;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.Keysets;
import mos.spi.store.TransportOptions;
import mos.spi.unlock.SealPolicies;

/** {@code mosb bootkit build}: a boot loader and a UKI, both signed, as an image. */
public final class BootkitBuild {
  private static final int ID_DIGITS = 16;

  private final PluginCatalog plugins;
  private final Keysets keysets;
  private final TransportOptions options;
  private final Steps steps;

  /** A build with the keys of one of {@code keysets}. */
  public BootkitBuild(PluginCatalog plugins, Keysets keysets, TransportOptions options) {
    this.plugins = plugins;
    this.keysets = keysets;
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /**
   * What is to be built.
   *
   * @param keyset whose keys sign
   * @param root a root directory with a kernel, its modules and dracut
   * @param runtime the linked initrd image
   * @param version the UKI's, 1 or more
   * @param minimumVersion what machines that boot it refuse UKIs below, 0 to {@code version}
   * @param pcr7 further values of PCR 7 that may open a machine's keys
   * @param commandLine further kernel arguments
   * @param id names the bootkit; empty for one that its inputs give
   */
  public record Request(
      String keyset,
      Path root,
      Path runtime,
      int version,
      int minimumVersion,
      List<Digest> pcr7,
      List<String> commandLine,
      Optional<String> id) {}

  /**
   * What was built.
   *
   * @param id names the bootkit
   * @param image its image
   * @param pcr7 the values of PCR 7 that open a machine's keys
   */
  public record Built(String id, Descriptor image, List<Digest> pcr7) {}

  /** Builds it. */
  public Built run(Request request, Reference output) {
    Publisher publisher = new Publisher(plugins, keysets, request.keyset());
    List<Digest> pcr7 = new ArrayList<>(List.of(publisher.pcr7(Publisher.PRODUCTION_KEY)));
    pcr7.addAll(request.pcr7());
    SealPolicies policies =
        publisher.approve(
            Publisher.LUKS_AUTHORITY, request.version(), request.minimumVersion(), pcr7);
    Bytes written = SealPoliciesFormat.write(policies);
    Bytes authority = Bytes.copyOf(read(publisher.manifestAuthority()));
    String id =
        request
            .id()
            .orElseGet(() -> steps.run("name bootkit", () -> id(request, written, authority)));
    try (UndoLog temporary = new UndoLog()) {
      Path files = temporary(temporary);
      steps.run(
          "build bootkit " + id,
          () ->
              plugins
                  .bootkits()
                  .build(
                      new BootkitRequest(
                          id,
                          request.root(),
                          request.runtime(),
                          authority,
                          written,
                          request.commandLine(),
                          keysets.signingKey(request.keyset(), Publisher.LOADER_KEY),
                          keysets.signingKey(request.keyset(), Publisher.PRODUCTION_KEY)),
                      files,
                      options.events()));
      Descriptor image =
          new ImageBuild(plugins, options)
              .run(
                  output,
                  "squashfs",
                  Optional.empty(),
                  Map.of(Bootkit.ID_ANNOTATION, id),
                  List.of(files));
      return new Built(
          id, image, policies.policies().stream().map(p -> p.policy().pcr7()).toList());
    }
  }

  /**
   * The version and a digest over what the bootkit is made of: the distribution's packages, its
   * kernels, our runtime, policies, authority and arguments.
   */
  private static String id(Request request, Bytes policies, Bytes authority) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(policies.toArray());
    sha256.update(authority.toArray());
    sha256.update(String.join("\n", request.commandLine()).getBytes(UTF_8));
    for (Path part :
        List.of(
            request.root().resolve("var/lib/dpkg/status"),
            request.root().resolve("boot"),
            request.root().resolve("usr/lib/systemd/boot/efi"),
            request.runtime().resolve("bin"),
            request.runtime().resolve("release"),
            request.runtime().resolve("lib/modules"),
            request.runtime().resolve("lib/server"))) {
      update(sha256, part);
    }
    String hex = Digest.finish(sha256.digest()).hex().substring(0, ID_DIGITS);
    return request.version() + "." + hex;
  }

  private static void update(MessageDigest sha256, Path part) {
    try (Stream<Path> walk = Files.exists(part) ? Files.walk(part) : Stream.empty()) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        sha256.update(part.relativize(file).toString().getBytes(UTF_8));
        sha256.update(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + part, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /** A temporary directory that goes with everything in it. */
  static Path temporary(UndoLog undo) {
    try {
      Path directory = Files.createTempDirectory(Path.of("/var/tmp"), "mosb-bootkit");
      undo.push("remove " + directory, () -> DirectoryTree.remove(directory));
      return directory;
    } catch (IOException e) {
      throw MosException.io("cannot create a temporary directory in /var/tmp", e);
    }
  }
}
