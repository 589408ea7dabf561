package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import mos.formats.ImageManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.model.InstallManifest;
import mos.spi.store.ImageSource;
import mos.spi.store.TransportOptions;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedManifest;

/** Fetches an install manifest with everything that claims to sign it, for the gate to judge. */
final class FetchManifest {
  private final PluginCatalog plugins;
  private final TransportOptions options;

  FetchManifest(PluginCatalog plugins, TransportOptions options) {
    this.plugins = plugins;
    this.options = options;
  }

  /** Fetch, verify: nothing of a manifest is believed before. */
  VerifiedManifest verified(Reference url, VerificationGate gate, Optional<UUID> product) {
    Steps steps = new Steps(options.events());
    SignedDocument document = steps.run("fetch manifest", () -> from(url));
    return steps.run("verify manifest", () -> gate.admit(document, Purpose.ACCEPT, product));
  }

  private SignedDocument from(Reference url) {
    try (ImageSource source =
        plugins.transport(url.repository()).source(url.repository(), options)) {
      Descriptor artifact =
          source
              .resolve(url.selector())
              .orElseThrow(
                  () ->
                      MosException.notFound(
                          url + ": there is no such manifest in " + source.location()));
      Descriptor layer = onlyLayer(url.toString(), source, artifact, MediaTypes.INSTALL);
      return new SignedDocument(
          url.toString(),
          source.smallBlob(layer, InstallManifest.MAX_BYTES),
          attachments(source, artifact, MediaTypes.CERTIFICATE, options.events()),
          attachments(source, artifact, MediaTypes.SIGNATURE, options.events()));
    }
  }

  private static Descriptor onlyLayer(
      String origin, ImageSource source, Descriptor artifact, String type) {
    ImageManifest manifest;
    try {
      manifest = ImageManifestFormat.parse(source.manifest(artifact));
    } catch (InvalidFieldException e) {
      throw MosException.invalid(origin + ": " + e.getMessage());
    }
    if (!manifest.effectiveArtifactType().equals(type)) {
      throw MosException.invalid(
          origin + ": is of type '" + manifest.effectiveArtifactType() + "', not '" + type + "'");
    }
    if (manifest.layers().size() != 1) {
      throw MosException.invalid(
          origin + ": must have exactly one layer, has " + manifest.layers().size());
    }
    return manifest.layers().getFirst();
  }

  /** One that cannot be read does not keep another from being the right one. */
  private static List<Attachment> attachments(
      ImageSource source, Descriptor subject, String type, EventSink events) {
    List<Attachment> attachments = new ArrayList<>();
    for (Descriptor referrer : source.referrers(subject.digest(), type)) {
      if (attachments.size() == SignedDocument.MAX_ATTACHMENTS) {
        events.accept(
            new Event.Warning(source.location() + ": has more attachments than are looked at"));
        break;
      }
      String origin = source.location() + "@" + referrer.digest();
      try {
        Descriptor layer = onlyLayer(origin, source, referrer, type);
        attachments.add(new Attachment(origin, source.smallBlob(layer, Attachment.MAX_BYTES)));
      } catch (MosException e) {
        events.accept(new Event.Warning(origin + ": left out: " + e.getMessage()));
      }
    }
    return attachments;
  }
}
