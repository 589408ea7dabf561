package mos.formats;

import static mos.formats.TargetFields.required;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.IpAddress;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.PortForward;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.StorageMount;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import org.jspecify.annotations.Nullable;

/** The install manifest: one JSON object; documents of others may be YAML where YAML is read. */
public final class InstallManifestFormat {
  private InstallManifestFormat() {}

  private static final class Fields {
    @Nullable Integer version;
    @Nullable String product;
    List<Storage> storage = List.of();
    List<Target> targets = List.of();
    @Nullable UpdateType updateType;
  }

  /**
   * Reads an install manifest whose signature has been verified.
   *
   * @throws mos.spi.InvalidFieldException with the path of the field that is wrong
   */
  public static InstallManifest parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.of(bytes), reader -> () -> manifest(reader));
  }

  private static InstallManifest manifest(DocumentReader reader) throws IOException {
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
        () -> new InstallManifest(version, product, fields.storage, fields.targets, updateType));
  }

  private static final class TargetParts {
    @Nullable String serviceName;
    @Nullable String version;
    @Nullable ServiceType serviceType;
    Network network = Network.HOST;
    NamespaceGroup nsgroup = NamespaceGroup.HOST;
    @Nullable Digest digest;
    @Nullable Long size;
    List<StorageMount> storage = List.of();
  }

  private static Target target(DocumentReader reader) throws IOException {
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
            case "network" -> parts.network = TargetFields.network(reader);
            case "nsgroup" -> parts.nsgroup = TargetFields.nsgroup(reader);
            case "digest" -> {
              String digest = reader.string();
              parts.digest = reader.make(() -> Digest.parse(digest));
            }
            case "size" -> parts.size = reader.integer();
            case "storage" -> parts.storage = reader.list(() -> TargetFields.mount(reader));
            default -> throw reader.unknown();
          }
        });
    String serviceName = required(reader, "service_name", parts.serviceName);
    String version = required(reader, "version", parts.version);
    ServiceType serviceType = required(reader, "service_type", parts.serviceType);
    Digest digest = required(reader, "digest", parts.digest);
    long size = required(reader, "size", parts.size);
    return reader.make(
        () ->
            new Target(
                serviceName,
                version,
                serviceType,
                parts.network,
                parts.nsgroup,
                digest,
                size,
                parts.storage));
  }

  /** Writes an install manifest: the bytes that are signed. Keys stand in the original's order. */
  public static Bytes write(InstallManifest manifest) {
    return DocumentWriter.object(
        json -> {
          json.writeNumberField("version", manifest.version());
          json.writeStringField("product", manifest.product());
          TargetFields.writeVolumes(json, manifest.storage());
          json.writeArrayFieldStart("targets");
          for (Target target : manifest.targets()) {
            write(json, target);
          }
          json.writeEndArray();
          json.writeStringField("update_type", manifest.updateType().toString());
        });
  }

  private static void write(JsonGenerator json, Target target) throws IOException {
    json.writeStartObject();
    json.writeStringField("service_name", target.serviceName());
    json.writeStringField("version", target.version());
    json.writeStringField("service_type", target.serviceType().value());
    Network network = target.network();
    json.writeObjectFieldStart("network");
    json.writeStringField("type", network.type().toString());
    json.writeStringField("ipv4", network.ipv4().map(IpAddress::text).orElse(""));
    json.writeStringField("ipv6", network.ipv6().map(IpAddress::text).orElse(""));
    json.writeArrayFieldStart("ports");
    for (PortForward port : network.ports()) {
      json.writeStartObject();
      json.writeNumberField("host", port.host());
      json.writeNumberField("container", port.container());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeStringField("nsgroup", target.nsgroup().name());
    json.writeStringField("digest", target.digest().toString());
    json.writeArrayFieldStart("storage");
    for (StorageMount mount : target.storage()) {
      json.writeStartObject();
      json.writeStringField("dest", mount.dest());
      json.writeStringField("label", mount.label());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("size", target.size());
    json.writeEndObject();
  }
}
