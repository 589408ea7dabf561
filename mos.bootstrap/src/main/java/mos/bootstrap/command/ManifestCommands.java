package mos.bootstrap.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.Publication;
import mos.formats.UserManifest;
import mos.formats.UserManifestFormat;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Platform;
import mos.spi.image.Repository;
import mos.spi.image.RepositoryBase;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.sign.ManifestSigner;
import mos.spi.store.TransportOptions;

/** {@code mosb manifest check} and {@code publish}. */
final class ManifestCommands {
  private ManifestCommands() {}

  static Command check() {
    return new Check();
  }

  static Command publish() {
    return new Publish();
  }

  private static UserManifest read(Path file, PluginCatalog plugins) {
    try {
      if (Files.notExists(file)) {
        throw MosException.notFound(file + ": there is no such file");
      }
      if (Files.size(file) > UserManifest.MAX_BYTES) {
        throw MosException.invalid(
            file + ": is larger than a manifest may be (" + UserManifest.MAX_BYTES + " bytes)");
      }
      UserManifest manifest = UserManifestFormat.parse(Bytes.copyOf(Files.readAllBytes(file)));
      manifest.checkTypes(plugins.knownTypes());
      return manifest;
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    } catch (InvalidFieldException e) {
      throw new MosException(ErrorCode.INVALID, file + ": " + e.getMessage(), e);
    }
  }

  private static final class Check extends Command {
    Check() {
      super("check", "Validate a manifest as publish does, without keys or network.");
      parameter("FILE", "The user manifest.", "1");
    }

    @Override
    public Result run(PluginCatalog plugins, EventSink events) {
      Path file = path("FILE", parameter(0));
      UserManifest manifest = read(file, plugins);
      int targets = manifest.targets().size();
      return Result.of(
          "ManifestCheck",
          file + ": valid, " + targets + (targets == 1 ? " target" : " targets"),
          "file",
          file,
          "targets",
          targets);
    }
  }

  private static final class Publish extends Command {
    Publish() {
      super(
          "publish",
          "Resolve and copy the images of a manifest, sign it and push it; prints its digest.");
      value("KEYSET:PROJECT", "Whose key signs.", "--project");
      value("FILE", "Instead of --project: the private key (PKCS#8 PEM),", "--key");
      value("FILE", "its certificate (PEM),", "--cert");
      value("P", "and the product, a uuid or a name.", "--product");
      required("REPO", "Where to: HOST[:PORT][/PREFIX], docker://… or oci:ROOT.", "--repo");
      required("NAME:TAG", "The manifest's repository and tag there.", "--name");
      flag(
          "Accepted for callers of the original; images of bootkits are copied like any other.",
          "--skip-bootkit");
      registryOptions();
      value(
          "OS/ARCH[/VARIANT]",
          "Which image of an image index is meant; default this machine's.",
          "--platform");
      parameter("FILE", "The user manifest.", "1");
    }

    private Platform platform() {
      try {
        return text("--platform").map(Platform::parse).orElseGet(Platform::current);
      } catch (InvalidFieldException e) {
        throw new MosException(ErrorCode.USAGE, "--platform: " + e.getMessage(), e);
      }
    }

    @Override
    public Result run(PluginCatalog plugins, EventSink events) {
      RepositoryBase base = base(text("--repo").orElseThrow());
      String name = text("--name").orElseThrow();
      int colon = name.lastIndexOf(':');
      if (colon < 1) {
        throw new MosException(ErrorCode.USAGE, "--name: '" + name + "' is not NAME:TAG");
      }
      String repository = name.substring(0, colon);
      String tag = checkName(base, repository, name.substring(colon + 1));
      TransportOptions options = transport(events, base.repository(repository));
      UserManifest manifest = read(path("FILE", parameter(0)), plugins);
      ManifestSigner signer = signer(plugins);
      Publication.Published published =
          new Publication(plugins, options, platform())
              .run(manifest, signer, base, repository, tag);
      return Result.of(
          "Publication",
          published.artifact().toString(),
          "digest",
          published.artifact(),
          "manifest",
          published.manifest(),
          "reference",
          base.repository(repository) + ":" + tag,
          "written",
          published.written());
    }

    private static RepositoryBase base(String text) {
      try {
        RepositoryBase base = RepositoryBase.parse(text);
        return base.scheme().equals(Repository.OCI)
            ? new RepositoryBase(
                base.scheme(), path("--repo", base.location()).toString(), base.prefix())
            : base;
      } catch (InvalidFieldException e) {
        throw new MosException(ErrorCode.USAGE, "--repo: " + e.getMessage(), e);
      }
    }

    private static String checkName(RepositoryBase base, String repository, String tag) {
      try {
        String location = base.repository(repository).toString();
        return location.isEmpty() ? tag : new Selector.Tag(tag).tag();
      } catch (InvalidFieldException e) {
        throw new MosException(ErrorCode.USAGE, "--name: " + e.getMessage(), e);
      }
    }

    private ManifestSigner signer(PluginCatalog plugins) {
      boolean files =
          text("--key").isPresent() || text("--cert").isPresent() || text("--product").isPresent();
      if (text("--project").isPresent() == files) {
        throw new MosException(
            ErrorCode.USAGE,
            "say whose key signs: --project KEYSET:PROJECT, or --key F --cert F --product P");
      }
      if (files) {
        return plugins.keysets().signer(file("--key"), file("--cert"), need("--product"));
      }
      String project = text("--project").orElseThrow();
      int colon = project.indexOf(':');
      if (colon < 1 || colon == project.length() - 1) {
        throw new MosException(
            ErrorCode.USAGE, "--project: '" + project + "' is not KEYSET:PROJECT");
      }
      return plugins
          .keysets()
          .open(KeysetCommands.directory())
          .signer(project.substring(0, colon), project.substring(colon + 1));
    }

    private Path file(String option) {
      return path(option, need(option));
    }

    private String need(String option) {
      return text(option)
          .orElseThrow(
              () ->
                  new MosException(
                      ErrorCode.USAGE,
                      option + " is missing: --key, --cert and --product go together"));
    }
  }
}
