package mos.formats;

import static mos.formats.TargetFields.required;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;
import org.jspecify.annotations.Nullable;

/** The policies that a UKI carries ({@code /mos/policies.json} in its initrd). */
public final class SealPoliciesFormat {
  private SealPoliciesFormat() {}

  private static final class Fields {
    @Nullable Bytes authority;
    @Nullable Long version;
    @Nullable Long minimumVersion;
    List<Approved> policies = List.of();
  }

  private record Approved(Digest pcr7, Bytes signature) {}

  private static final class ApprovedFields {
    @Nullable Digest pcr7;
    @Nullable Bytes signature;
  }

  /**
   * Reads policies.
   *
   * @throws InvalidFieldException with the path of the field that is wrong
   */
  public static SealPolicies parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.JSON, reader -> () -> policies(reader));
  }

  private static SealPolicies policies(DocumentReader reader) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "authority" -> fields.authority = base64(reader);
            case "version" -> fields.version = reader.integer();
            case "minimumVersion" -> fields.minimumVersion = reader.integer();
            case "policies" -> fields.policies = reader.list(() -> approved(reader));
            default -> throw reader.unknown();
          }
        });
    Bytes authority = required(reader, "authority", fields.authority);
    int version = small("version", required(reader, "version", fields.version));
    int minimum =
        small("minimumVersion", required(reader, "minimumVersion", fields.minimumVersion));
    return reader.make(
        () -> {
          List<SignedSealPolicy> policies = new ArrayList<>();
          for (Approved approved : fields.policies) {
            policies.add(
                new SignedSealPolicy(
                    new SealPolicy(approved.pcr7(), version), approved.signature()));
          }
          return new SealPolicies(authority, version, minimum, policies);
        });
  }

  private static Approved approved(DocumentReader reader) throws IOException {
    ApprovedFields fields = new ApprovedFields();
    reader.object(
        name -> {
          switch (name) {
            case "pcr7" -> {
              String hex = reader.string();
              fields.pcr7 = reader.make(() -> new Digest(hex));
            }
            case "signature" -> fields.signature = base64(reader);
            default -> throw reader.unknown();
          }
        });
    return new Approved(
        required(reader, "pcr7", fields.pcr7), required(reader, "signature", fields.signature));
  }

  private static int small(String field, long number) {
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new InvalidFieldException(
          field, "must be 0 to " + Integer.MAX_VALUE + ", is " + number);
    }
    return (int) number;
  }

  private static Bytes base64(DocumentReader reader) throws IOException {
    String text = reader.string();
    return reader.make(
        () -> {
          try {
            return Bytes.copyOf(Base64.getDecoder().decode(text));
          } catch (IllegalArgumentException e) {
            throw new InvalidFieldException("", "is not base64: " + e.getMessage());
          }
        });
  }

  /** Writes policies. */
  public static Bytes write(SealPolicies policies) {
    return DocumentWriter.object(
        json -> {
          json.writeStringField("authority", encode(policies.authority()));
          json.writeNumberField("version", policies.version());
          json.writeNumberField("minimumVersion", policies.minimumVersion());
          json.writeArrayFieldStart("policies");
          for (SignedSealPolicy signed : policies.policies()) {
            json.writeStartObject();
            json.writeStringField("pcr7", signed.policy().pcr7().hex());
            json.writeStringField("signature", encode(signed.signature()));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static String encode(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }
}
