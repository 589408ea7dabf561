package mos.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.formats.InstallManifestFormat;
import mos.formats.LayoutIndexFormat;
import mos.formats.SealPoliciesFormat;
import mos.formats.SystemManifestFormat;
import mos.formats.UserManifest;
import mos.formats.UserManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.ImageManifest;
import mos.spi.image.Layer;
import mos.spi.image.Reference;
import mos.spi.image.RepositoryBase;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.SystemManifest;
import mos.spi.model.Target;
import mos.spi.unlock.SealPolicies;

/** The documents and references that mos reads. */
final class Documents {
  private Documents() {}

  /** What a person wrote can be published whenever it is accepted. */
  static void userManifest(byte[] input) {
    UserManifest user = UserManifestFormat.parse(Bytes.copyOf(input));
    Digest digest = Digest.of(input);
    List<Target> targets =
        user.targets().stream().map(target -> target.resolved(digest, 2)).toList();
    InstallManifest install =
        new InstallManifest(
            user.version(), user.product(), user.storage(), targets, user.updateType());
    same(install, InstallManifestFormat.parse(InstallManifestFormat.write(install)));
    user.targets()
        .forEach(
            target -> same(target.source(), Reference.parseSource(target.source().toString())));
  }

  static void installManifest(byte[] input) {
    InstallManifest manifest = InstallManifestFormat.parse(Bytes.copyOf(input));
    same(manifest, InstallManifestFormat.parse(InstallManifestFormat.write(manifest)));
  }

  static void systemManifest(byte[] input) {
    SystemManifest manifest = SystemManifestFormat.parse(Bytes.copyOf(input));
    same(manifest, SystemManifestFormat.parse(SystemManifestFormat.write(manifest)));
  }

  static void sealPolicies(byte[] input) {
    SealPolicies policies = SealPoliciesFormat.parse(Bytes.copyOf(input));
    same(policies, SealPoliciesFormat.parse(SealPoliciesFormat.write(policies)));
  }

  static void imageManifest(byte[] input) {
    ImageManifest manifest = ImageManifestFormat.parse(Bytes.copyOf(input));
    same(manifest, ImageManifestFormat.parse(ImageManifestFormat.write(manifest)));
    manifest.layers().forEach(Layer::of);
  }

  static void imageIndex(byte[] input) {
    ImageIndex index = ImageIndexFormat.parse(Bytes.copyOf(input));
    same(index, ImageIndexFormat.parse(ImageIndexFormat.write(index)));
  }

  /** What can be read can be copied, and says the same then. */
  static void layoutIndex(byte[] input) throws IOException {
    List<Descriptor> entries = entries(input);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    LayoutIndexFormat.copy(Bytes.copyOf(input).stream(), copy, entry -> true, List.of());
    same(entries, entries(copy.toByteArray()));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    LayoutIndexFormat.write(written, entries);
    same(entries, entries(written.toByteArray()));
  }

  private static List<Descriptor> entries(byte[] index) throws IOException {
    List<Descriptor> entries = new ArrayList<>();
    LayoutIndexFormat.read(Bytes.copyOf(index).stream(), entries::add);
    return entries;
  }

  static void reference(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      RepositoryBase base = RepositoryBase.parse(text);
      same(base, RepositoryBase.parse(base.toString()));
    } catch (InvalidFieldException e) {
      checked(e);
    }
    Reference source = Reference.parseSource(text);
    same(source, Reference.parseSource(source.toString()));
    Reference url = Reference.parse(text);
    same(url, Reference.parse(url.toString()));
    same(url, source);
  }

  private static void checked(InvalidFieldException e) {
    if (e.getMessage().lines().count() != 1) {
      throw new AssertionError("a message of more than one line", e);
    }
  }

  private static void same(Object one, Object other) {
    if (!one.equals(other)) {
      throw new AssertionError(one + " became " + other);
    }
  }
}
