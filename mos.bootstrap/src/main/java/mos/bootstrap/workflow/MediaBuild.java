package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.formats.SealPoliciesFormat;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder;
import mos.spi.boot.BootkitBuilder.MediumFormat;
import mos.spi.boot.BootkitBuilder.MediumRequest;
import mos.spi.disk.Disks;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.image.Repository;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.HostDirectories;
import mos.spi.model.Target;
import mos.spi.sign.Keysets;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.ImageStore;
import mos.spi.store.TransportOptions;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;

/** {@code mosb media build}: a bootable medium that provisions, installs or runs a live system. */
public final class MediaBuild {
  private final PluginCatalog plugins;
  private final Keysets keysets;
  private final TransportOptions options;
  private final Steps steps;

  /** A build with the keys of one of {@code keysets}. */
  public MediaBuild(PluginCatalog plugins, Keysets keysets, TransportOptions options) {
    this.plugins = plugins;
    this.keysets = keysets;
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /** What a medium does. */
  public enum Mode {
    /** Gives a machine its identity and keys. */
    PROVISION,
    /** Installs onto a disk. */
    INSTALL,
    /** Runs the {@code livecd} target from memory. */
    LIVE
  }

  /**
   * What is to be built.
   *
   * @param mode what it does
   * @param keyset whose keys sign
   * @param url the install manifest, whose target {@code bootkit} gives kernel and initrd
   * @param sudi directory of the machine's key and certificate; for provisioning
   * @param disk the disk to install to; for installing
   * @param allowed what may happen to it
   * @param force whether a provisioned machine may be provisioned again
   * @param insecure whether firmware without secure boot will do
   * @param enroll whether firmware in setup mode gets the keyset's keys
   * @param pcr7 further values of PCR 7 that may open the TPM's administration
   * @param commandLine further kernel arguments
   */
  public record Request(
      Mode mode,
      String keyset,
      Reference url,
      Optional<Path> sudi,
      Optional<Path> disk,
      Set<Disks.Permission> allowed,
      boolean force,
      boolean insecure,
      boolean enroll,
      List<Digest> pcr7,
      List<String> commandLine) {}

  /** Fetch, verify, import the bootkit, verify, make the UKI and the medium. */
  public void run(Request request, MediumFormat format, Path output) {
    Publisher publisher = new Publisher(plugins, keysets, request.keyset());
    try (UndoLog temporary = new UndoLog()) {
      Path work = BootkitBuild.temporary(temporary);
      Host host = host(publisher, work);
      VerificationGate gate = host.gate(plugins);
      VerifiedManifest manifest =
          new FetchManifest(plugins, options).verified(request.url(), gate, Optional.empty());
      require(manifest, InstalledBootkit.TARGET);
      if (request.mode() == Mode.LIVE) {
        require(manifest, MountTarget.LIVE);
      }
      Path content = directory(work.resolve("content"));
      carry(request, manifest, gate, content);
      Path bootkit = directory(work.resolve("bootkit"));
      VerifiedImage image = copyBootkit(request, manifest, gate, host, bootkit);
      Path uki = work.resolve("medium.efi");
      rework(request, publisher, bootkit, InstalledBootkit.id(image), uki);
      MediumRequest medium =
          new MediumRequest(
              Bootkit.in(bootkit, InstalledBootkit.id(image)).loader(),
              uki,
              request.enroll() ? Optional.of(publisher.enrollment()) : Optional.empty(),
              Optional.of(content));
      steps.run(
          "make medium", () -> plugins.bootkits().medium(medium, format, output, options.events()));
    }
  }

  /** A host that trusts the keyset's manifest CA, in a temporary directory. */
  private static Host host(Publisher publisher, Path work) {
    return new Host(
        new HostDirectories(
            work, work.resolve("config"), work.resolve("store"), work.resolve("scratch")),
        publisher.manifestAuthority());
  }

  private static void require(VerifiedManifest manifest, String target) {
    if (manifest.manifest().target(target).isEmpty()) {
      throw MosException.invalid(
          manifest.origin() + ": targets: this medium needs a target named '" + target + "'");
    }
  }

  /** What the medium carries: images with their manifest, or a machine's identity. */
  private void carry(
      Request request, VerifiedManifest manifest, VerificationGate gate, Path content) {
    if (request.mode() == Mode.PROVISION) {
      Path sudi =
          request
              .sudi()
              .orElseThrow(
                  () ->
                      new MosException(
                          ErrorCode.USAGE,
                          "--sudi DIR is missing: what mosb sudi add made for the machine"));
      copy(sudi.resolve("cert.pem"), content.resolve("sudi/cert.pem"));
      copy(sudi.resolve("privkey.pem"), content.resolve("sudi/privkey.pem"));
      return;
    }
    Path zot = content.resolve(BootMode.MEDIUM_IMAGES);
    List<Target> targets =
        manifest.manifest().targets().stream()
            .filter(
                target ->
                    request.mode() == Mode.INSTALL || target.serviceName().equals(MountTarget.LIVE))
            .toList();
    try (ImageStore store = plugins.store().open(zot);
        ImageDestination images = store.begin()) {
      steps.run(
          "copy images",
          () ->
              new ImportImages(plugins, options, gate)
                  .into(images, request.url(), manifest, targets));
      images.commit();
    }
    steps.run("copy manifest", () -> copyManifest(request.url(), zot));
  }

  /** The manifest's artifact with its certificates and signatures, as they are. */
  private void copyManifest(Reference url, Path zot) {
    Repository to = new Repository(Repository.OCI, zot.toString(), url.repository().name());
    try (ImageSource source =
            plugins.transport(url.repository()).source(url.repository(), options);
        ImageDestination destination = plugins.transport(to).destination(to, options)) {
      Descriptor artifact =
          source
              .resolve(url.selector())
              .orElseThrow(() -> MosException.notFound(url + ": there is no such manifest"));
      Artifacts.copy(source, destination, artifact, Optional.of(tag(url)), options.events());
      for (String type : List.of(MediaTypes.CERTIFICATE, MediaTypes.SIGNATURE)) {
        for (Descriptor referrer : source.referrers(artifact.digest(), type)) {
          Artifacts.copy(source, destination, referrer, Optional.empty(), options.events());
        }
      }
      destination.commit();
    }
  }

  private VerifiedImage copyBootkit(
      Request request, VerifiedManifest manifest, VerificationGate gate, Host host, Path bootkit) {
    Target target = manifest.manifest().target(InstalledBootkit.TARGET).orElseThrow();
    try (ImageStore store = plugins.store().open(host.directories().store())) {
      VerifiedImage image;
      try (ImageDestination images = store.begin()) {
        image =
            new ImportImages(plugins, options, gate)
                .into(images, request.url(), manifest, List.of(target))
                .getFirst();
        images.commit();
      }
      try (MountedBootkit mounted =
          MountedBootkit.mount(plugins, host, image, store, options.events())) {
        for (String file : List.of(Bootkit.LOADER, Bootkit.UKI, Bootkit.TOOLS)) {
          copy(mounted.place().resolve(file), bootkit.resolve(file));
        }
      }
      return image;
    }
  }

  private void rework(Request request, Publisher publisher, Path bootkit, String id, Path uki) {
    Map<String, Bytes> files = new HashMap<>();
    String signer =
        switch (request.mode()) {
          case PROVISION -> {
            List<Digest> pcr7 =
                new ArrayList<>(List.of(publisher.pcr7(Publisher.PROVISIONING_KEY)));
            pcr7.addAll(request.pcr7());
            files.put(
                Provision.ADMIN_POLICIES.toString(),
                SealPoliciesFormat.write(
                    publisher.approve(Publisher.ADMIN_AUTHORITY, Integer.MAX_VALUE, 0, pcr7)));
            yield Publisher.PROVISIONING_KEY;
          }
          case INSTALL -> Publisher.PRODUCTION_KEY;
          case LIVE -> Publisher.LIMITED_KEY;
        };
    BootkitBuilder builder = plugins.bootkits();
    steps.run(
        "make UKI",
        () ->
            builder.rework(
                bootkit,
                commandLine(request, id),
                files,
                request.mode() == Mode.INSTALL,
                keysets.signingKey(request.keyset(), signer),
                uki,
                options.events()));
  }

  /** The kernel's arguments; what the request adds comes last, where it counts. */
  static List<String> commandLine(Request request, String id) {
    List<String> arguments = new ArrayList<>();
    arguments.add(root(request));
    arguments.addAll(Bootkit.KERNEL_ARGUMENTS);
    List<String> flags = new ArrayList<>();
    switch (request.mode()) {
      case PROVISION -> {
        arguments.add("mos.mode=provision");
        if (request.force()) {
          flags.add("force");
        }
        if (request.insecure()) {
          flags.add("insecure");
        }
      }
      case INSTALL -> {
        arguments.add("mos.mode=install");
        arguments.add(
            "mos.disk="
                + request
                    .disk()
                    .orElseThrow(
                        () ->
                            new MosException(
                                ErrorCode.USAGE, "--disk DEV is missing: where to install")));
        request.allowed().stream().sorted().map(BootMode::word).forEach(flags::add);
      }
      case LIVE -> {}
    }
    if (!flags.isEmpty()) {
      arguments.add("mos.flags=" + String.join(",", flags));
    }
    arguments.add(Bootkit.ID_ARGUMENT + "=" + id);
    arguments.addAll(request.commandLine());
    return arguments;
  }

  private static String root(Request request) {
    Reference url = request.url();
    if (request.mode() == Mode.PROVISION) {
      return "root=soci:name=" + BootMode.INSTALLED;
    }
    return "root=soci:name=" + url.repository().name() + ":" + tag(url) + ",repo=" + BootMode.LOCAL;
  }

  /** The tag that the manifest has on the medium, also when it was named by its digest. */
  private static String tag(Reference url) {
    return url.selector() instanceof Selector.Tag named ? named.tag() : BootMode.DEFAULT_TAG;
  }

  private static Path directory(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw MosException.io("cannot create " + directory, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Path parent = to.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.copy(from, to);
    } catch (IOException e) {
      throw MosException.io("cannot copy " + from, e);
    }
  }
}
