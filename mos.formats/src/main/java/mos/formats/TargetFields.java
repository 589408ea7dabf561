package mos.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import mos.spi.model.IpAddress;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.NetworkType;
import mos.spi.model.PortForward;
import mos.spi.model.Storage;
import mos.spi.model.StorageMount;
import org.jspecify.annotations.Nullable;

/**
 * The parts that the user manifest, the install manifest and the system manifest have in common.
 */
final class TargetFields {
  /** Twelve digits of tebibytes still fit into a long. */
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([MGT])");

  private TargetFields() {}

  private static final class NetworkFields {
    NetworkType type = NetworkType.HOST;
    String ipv4 = "";
    String ipv6 = "";
    List<PortForward> ports = List.of();
  }

  /** An absent or empty type means the host's network, as the original has it. */
  static Network network(DocumentReader reader) throws IOException {
    if (reader.isNull()) {
      return Network.HOST;
    }
    NetworkFields fields = new NetworkFields();
    reader.object(
        name -> {
          switch (name) {
            case "type" -> {
              String type = reader.isNull() ? "" : reader.string();
              fields.type =
                  type.isEmpty() ? NetworkType.HOST : reader.make(() -> NetworkType.parse(type));
            }
            case "ipv4" -> fields.ipv4 = reader.isNull() ? "" : reader.string();
            case "ipv6" -> fields.ipv6 = reader.isNull() ? "" : reader.string();
            case "ports" -> fields.ports = reader.list(() -> port(reader));
            default -> throw reader.unknown();
          }
        });
    return reader.make(
        () ->
            new Network(
                fields.type,
                fields.ipv4.isEmpty()
                    ? Optional.empty()
                    : Optional.of(IpAddress.v4("ipv4", fields.ipv4)),
                fields.ipv6.isEmpty()
                    ? Optional.empty()
                    : Optional.of(IpAddress.v6("ipv6", fields.ipv6)),
                fields.ports));
  }

  private static PortForward port(DocumentReader reader) throws IOException {
    int[] port = {Integer.MIN_VALUE, Integer.MIN_VALUE};
    reader.object(
        name -> {
          switch (name) {
            case "host" -> port[0] = reader.small();
            case "container" -> port[1] = reader.small();
            default -> throw reader.unknown();
          }
        });
    for (int i = 0; i < 2; i++) {
      if (port[i] == Integer.MIN_VALUE) {
        throw reader.missing(i == 0 ? "host" : "container");
      }
    }
    return reader.make(() -> new PortForward(port[0], port[1]));
  }

  /** An absent group means the host's ids. */
  static NamespaceGroup nsgroup(DocumentReader reader) throws IOException {
    String group = reader.isNull() ? "" : reader.string();
    return reader.make(() -> NamespaceGroup.parse(group));
  }

  private static final class MountFields {
    @Nullable String dest;
    @Nullable String label;
  }

  static StorageMount mount(DocumentReader reader) throws IOException {
    MountFields fields = new MountFields();
    reader.object(
        name -> {
          switch (name) {
            case "dest" -> fields.dest = reader.string();
            case "label" -> fields.label = reader.string();
            default -> throw reader.unknown();
          }
        });
    String dest = required(reader, "dest", fields.dest);
    String label = required(reader, "label", fields.label);
    return reader.make(() -> new StorageMount(dest, label));
  }

  private static final class VolumeFields {
    @Nullable String label;
    boolean persistent;
    NamespaceGroup nsgroup = NamespaceGroup.HOST;
    @Nullable Long size;
  }

  static Storage volume(DocumentReader reader) throws IOException {
    VolumeFields fields = new VolumeFields();
    reader.object(
        name -> {
          switch (name) {
            case "label" -> fields.label = reader.string();
            case "persistent" -> fields.persistent = reader.bool();
            case "nsgroup" -> fields.nsgroup = nsgroup(reader);
            case "size" -> fields.size = size(reader);
            default -> throw reader.unknown();
          }
        });
    String label = required(reader, "label", fields.label);
    long size = required(reader, "size", fields.size);
    return reader.make(() -> new Storage(label, fields.persistent, fields.nsgroup, size));
  }

  /** MiB as a number, or a number with M, G or T. */
  private static long size(DocumentReader reader) throws IOException {
    if (reader.isInteger()) {
      return reader.integer();
    }
    String text = reader.string();
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw badSize(reader, text);
    }
    int shift =
        switch (size.group(2)) {
          case "G" -> 10;
          case "T" -> 20;
          default -> 0;
        };
    return Long.parseLong(size.group(1)) << shift;
  }

  private static InvalidFieldException badSize(DocumentReader reader, String text) {
    return reader.invalid(
        "must be a number of MiB, or a number with M, G or T, not '" + text + "'");
  }

  static <T> T required(DocumentReader reader, String field, @Nullable T value) {
    if (value == null) {
      throw reader.missing(field);
    }
    return value;
  }

  static void writeVolumes(JsonGenerator json, List<Storage> volumes) throws IOException {
    json.writeArrayFieldStart("storage");
    for (Storage volume : volumes) {
      json.writeStartObject();
      json.writeStringField("label", volume.label());
      json.writeBooleanField("persistent", volume.persistent());
      json.writeStringField("nsgroup", volume.nsgroup().name());
      json.writeNumberField("size", volume.sizeMiB());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
