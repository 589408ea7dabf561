package mos.formats;

import static mos.formats.TargetFields.required;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.IdRange;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Storage;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import org.jspecify.annotations.Nullable;

/** The system manifest ({@code manifest.yaml}): written as JSON, which is YAML. */
public final class SystemManifestFormat {
  /** What the names of install manifests end in: ours, and the original's. */
  private static final List<String> SUFFIXES = List.of(".yaml", ".json");

  private SystemManifestFormat() {}

  private static final class Fields {
    List<IdRange> ranges = List.of();
    List<SystemTarget> targets = List.of();
    List<Storage> storage = List.of();
  }

  /**
   * Reads a system manifest. The keys that the original adds are passed over.
   *
   * @throws InvalidFieldException with the path of the field that is wrong
   */
  public static SystemManifest parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.of(bytes), reader -> () -> manifest(reader));
  }

  private static SystemManifest manifest(DocumentReader reader) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "uidmaps" -> fields.ranges = reader.list(() -> range(reader));
            case "targets" -> fields.targets = reader.list(() -> target(reader));
            case "storage" -> fields.storage = reader.list(() -> TargetFields.volume(reader));
            default -> skipOriginals(reader, name);
          }
        });
    List<IdRange> ranges = withoutRepeats(fields.ranges);
    return reader.make(() -> new SystemManifest(ranges, fields.targets, fields.storage));
  }

  /**
   * The original gives every group the same range. The first group to have it keeps it; the others
   * have none until the next update gives them one of their own.
   */
  private static List<IdRange> withoutRepeats(List<IdRange> ranges) {
    List<IdRange> kept = new ArrayList<>();
    for (IdRange range : ranges) {
      boolean taken =
          kept.stream()
              .anyMatch(
                  other ->
                      other.hostId() == range.hostId() && !other.nsgroup().equals(range.nsgroup()));
      if (!taken) {
        kept.add(range);
      }
    }
    return kept;
  }

  private static void skipOriginals(DocumentReader reader, String name) throws IOException {
    switch (name) {
      case "DefaultNic", "UsedPorts", "IpAddrs" -> reader.skip();
      default -> throw reader.unknown();
    }
  }

  private static final class RangeFields {
    @Nullable String name;
    @Nullable Long hostId;
  }

  private static IdRange range(DocumentReader reader) throws IOException {
    RangeFields fields = new RangeFields();
    reader.object(
        name -> {
          switch (name) {
            case "idmap-name" -> fields.name = reader.string();
            case "hostid" -> fields.hostId = reader.integer();
            default -> throw reader.unknown();
          }
        });
    String group = required(reader, "idmap-name", fields.name);
    long hostId = required(reader, "hostid", fields.hostId);
    return reader.make(() -> new IdRange(NamespaceGroup.parse(group), hostId));
  }

  private static final class SystemTargetFields {
    @Nullable String name;
    @Nullable Digest source;
  }

  private static SystemTarget target(DocumentReader reader) throws IOException {
    SystemTargetFields fields = new SystemTargetFields();
    reader.object(
        name -> {
          switch (name) {
            case "name" -> fields.name = reader.string();
            case "source" -> {
              String source = reader.string();
              fields.source = reader.make(() -> digest(source));
            }
            case "OCIManifest", "OCIConfig" -> reader.skip();
            default -> throw reader.unknown();
          }
        });
    String name = required(reader, "name", fields.name);
    Digest source = required(reader, "source", fields.source);
    return reader.make(() -> new SystemTarget(name, source));
  }

  private static Digest digest(String source) {
    for (String suffix : SUFFIXES) {
      if (source.endsWith(suffix)) {
        return new Digest(source.substring(0, source.length() - suffix.length()));
      }
    }
    throw new InvalidFieldException(
        "", "must be <SHA-256>.yaml or <SHA-256>.json, not '" + source + "'");
  }

  /** Writes a system manifest. */
  public static Bytes write(SystemManifest manifest) {
    return DocumentWriter.object(
        json -> {
          json.writeArrayFieldStart("uidmaps");
          for (IdRange range : manifest.idRanges()) {
            json.writeStartObject();
            json.writeStringField("idmap-name", range.nsgroup().name());
            json.writeNumberField("hostid", range.hostId());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeArrayFieldStart("targets");
          for (SystemTarget target : manifest.targets()) {
            json.writeStartObject();
            json.writeStringField("name", target.name());
            json.writeStringField("source", target.source().hex() + SUFFIXES.getFirst());
            json.writeEndObject();
          }
          json.writeEndArray();
          TargetFields.writeVolumes(json, manifest.storage());
        });
  }
}
