package mos.formats;

import static mos.formats.TargetFields.required;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.StorageMount;
import mos.spi.model.UpdateType;
import org.jspecify.annotations.Nullable;

/** The user manifest: YAML as people write it. */
public final class UserManifestFormat {
  private UserManifestFormat() {}

  private static final class Fields {
    @Nullable Integer version;
    @Nullable String product;
    List<Storage> storage = List.of();
    List<UserTarget> targets = List.of();
    @Nullable UpdateType updateType;
  }

  /**
   * Reads a user manifest.
   *
   * @throws mos.spi.InvalidFieldException with the path of the field that is wrong
   */
  public static UserManifest parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.YAML, reader -> () -> manifest(reader));
  }

  private static UserManifest manifest(DocumentReader reader) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "version" -> fields.version = reader.small();
            case "product" -> fields.product = reader.string();
            case "storage" -> fields.storage = reader.list(() -> TargetFields.volume(reader));
            case "targets" -> fields.targets = reader.list(() -> target(reader));
            case "update_type" -> {
              String type = reader.string();
              fields.updateType = reader.make(() -> UpdateType.parse(type));
            }
            default -> throw reader.unknown();
          }
        });
    int version = required(reader, "version", fields.version);
    String product = required(reader, "product", fields.product);
    UpdateType updateType = required(reader, "update_type", fields.updateType);
    return reader.make(
        () -> new UserManifest(version, product, fields.storage, fields.targets, updateType));
  }

  private static final class TargetParts {
    @Nullable String serviceName;
    @Nullable String version;
    @Nullable ServiceType serviceType;
    @Nullable Reference source;
    Network network = Network.HOST;
    NamespaceGroup nsgroup = NamespaceGroup.HOST;
    Optional<Digest> digest = Optional.empty();
    Optional<Long> size = Optional.empty();
    List<StorageMount> storage = List.of();
  }

  private static UserTarget target(DocumentReader reader) throws IOException {
    TargetParts parts = new TargetParts();
    reader.object(
        name -> {
          switch (name) {
            case "service_name" -> parts.serviceName = reader.string();
            case "version" -> parts.version = reader.text();
            case "service_type" -> {
              String type = reader.string();
              parts.serviceType = reader.make(() -> new ServiceType(type));
            }
            case "source" -> {
              String source = reader.string();
              parts.source = reader.make(() -> Reference.parseSource(source));
            }
            case "network" -> parts.network = TargetFields.network(reader);
            case "nsgroup" -> parts.nsgroup = TargetFields.nsgroup(reader);
            case "digest" -> {
              String digest = reader.string();
              parts.digest = Optional.of(reader.make(() -> Digest.parse(digest)));
            }
            case "size" -> parts.size = Optional.of(reader.integer());
            case "storage" -> parts.storage = reader.list(() -> TargetFields.mount(reader));
            default -> throw reader.unknown();
          }
        });
    String serviceName = required(reader, "service_name", parts.serviceName);
    String version = required(reader, "version", parts.version);
    ServiceType serviceType = required(reader, "service_type", parts.serviceType);
    Reference source = required(reader, "source", parts.source);
    return reader.make(
        () ->
            new UserTarget(
                serviceName,
                version,
                serviceType,
                source,
                parts.network,
                parts.nsgroup,
                parts.digest,
                parts.size,
                parts.storage));
  }
}
