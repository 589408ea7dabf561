package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import mos.linux.DirectoryTree;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.model.HostDirectories;
import mos.spi.model.Target;
import mos.spi.mount.MountRequest;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import mos.spi.store.TransportOptions;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.SystemState;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;

/** {@code mosctl create-boot-fs}, {@code mount} and {@code umount}. */
public final class MountTarget {
  /** The target that a live medium shows as root. */
  static final String LIVE = "livecd";

  private final PluginCatalog plugins;
  private final Host host;
  private final EventSink events;
  private final Steps steps;

  /** Mounts of {@code host}. */
  public MountTarget(PluginCatalog plugins, Host host, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.events = events;
    this.steps = new Steps(events);
  }

  /**
   * Mounts the installed system's root file system; looks at nothing but hostfs and its manifest.
   */
  public MountedImage boot(Path destination, boolean readOnly) {
    return installed(Optional.empty(), Optional.of(destination), readOnly);
  }

  /**
   * Mounts the root file system of the newest system that belongs to a bootkit.
   *
   * @param bootkit the one that was started; empty when the kernel was not started by one
   */
  MountedImage bootedBy(Optional<String> bootkit, Path destination) {
    return mount(
        (state, store) -> {
          VerificationGate gate = host.gate(plugins);
          Optional<UUID> product = host.product();
          return InstalledBootkit.systemOf(
              bootkit,
              newest(state),
              state,
              installed -> new VerifiedSystem(installed, gate, product),
              store,
              events);
        },
        Optional.empty(),
        Optional.of(destination),
        false);
  }

  /**
   * Mounts a target of the installed system.
   *
   * @param target its name; empty means hostfs
   * @param destination where; empty means {@code mnt/mos/<target>} below the root
   */
  public MountedImage installed(
      Optional<String> target, Optional<Path> destination, boolean readOnly) {
    return mount(
        (state, store) -> new VerifiedSystem(newest(state), host.gate(plugins), host.product()),
        target,
        destination,
        readOnly);
  }

  private InstalledSystem newest(SystemState state) {
    return state.current().orElseThrow(() -> SystemUpdate.Systems.none(host));
  }

  /** Chooses among the systems that a state has. */
  @FunctionalInterface
  private interface Choice {
    VerifiedSystem of(SystemState state, ImageStore store);
  }

  private MountedImage mount(
      Choice choice, Optional<String> target, Optional<Path> destination, boolean readOnly) {
    destination.ifPresent(this::refuseOwnPlace);
    HostDirectories directories = host.directories();
    try (SystemState state = plugins.states().read(directories.config());
        ImageStore store = plugins.store().open(directories.store())) {
      VerifiedImage image =
          steps.run(
              "verify manifest and image",
              () -> {
                VerifiedSystem system = choice.of(state, store);
                return system.image(target.orElseGet(system::hostfs), store);
              });
      String name = image.target().serviceName();
      Optional<Path> writable =
          readOnly ? Optional.empty() : Optional.of(directories.scratchOf(name));
      return mount(
          name,
          image,
          store,
          new MountRequest(
              destination.orElseGet(() -> defaultDestination(name)), directories.run(), writable));
    }
  }

  private MountedImage mount(
      String name, VerifiedImage image, ImageStore store, MountRequest request) {
    return steps.run(
        "mount " + name, () -> plugins.mounter(image).mount(image, store::file, request, events));
  }

  private Path defaultDestination(String target) {
    return host.directories().root().resolve("mnt/mos").resolve(target);
  }

  /**
   * Mounts a target of a manifest that is installed nowhere; its images are kept below the run
   * directory until it is unmounted.
   */
  public MountedImage remote(
      Reference url,
      String target,
      Optional<Path> destination,
      boolean readOnly,
      TransportOptions options) {
    destination.ifPresent(this::refuseOwnPlace);
    HostDirectories directories = host.directories();
    VerificationGate gate = host.gate(plugins);
    refuseInstalled();
    VerifiedManifest manifest = accept(url, options, gate);
    Target wanted = wanted(url, manifest, target);
    Path place = destination.orElseGet(() -> defaultDestination(target));
    Path state = remoteState(place);
    try (UndoLog undo = new UndoLog();
        ImageStore store = plugins.store().open(state.resolve("store"))) {
      if (Files.notExists(state)) {
        undo.push("remove " + state, () -> remove(state));
      }
      VerifiedImage image;
      try (ImageDestination additions = store.begin()) {
        image =
            steps.run(
                "import image",
                () ->
                    new ImportImages(plugins, options, gate)
                        .into(additions, url, manifest, List.of(wanted))
                        .getFirst());
        additions.commit();
      }
      Optional<Path> writable = readOnly ? Optional.empty() : Optional.of(state.resolve("scratch"));
      MountRequest request = new MountRequest(place, directories.run(), writable);
      MountedImage mounted = mount(target, image, store, request);
      undo.disarm();
      return mounted;
    }
  }

  /**
   * Mounts the {@code livecd} target of a manifest whose images lie in a directory that stays: they
   * are used where they are, and what is written is kept in memory.
   *
   * @param images the directory, as {@code oci:} has it
   */
  MountedImage live(Reference url, TransportOptions options, Path images, Path destination) {
    VerificationGate gate = host.gate(plugins);
    refuseInstalled();
    VerifiedManifest manifest = accept(url, options, gate);
    Target wanted = wanted(url, manifest, LIVE);
    try (ImageStore store = plugins.store().open(images)) {
      Descriptor descriptor = Descriptor.of(MediaTypes.MANIFEST, wanted.digest(), wanted.size());
      VerifiedImage image =
          steps.run(
              "verify image",
              () -> gate.admit(manifest, LIVE, url.toString(), store.manifest(descriptor)));
      return mount(
          LIVE,
          image,
          store,
          new MountRequest(
              destination,
              host.directories().run(),
              Optional.of(remoteState(destination).resolve("scratch"))));
    }
  }

  private VerifiedManifest accept(Reference url, TransportOptions options, VerificationGate gate) {
    return new FetchManifest(plugins, options).verified(url, gate, host.product());
  }

  private static Target wanted(Reference url, VerifiedManifest manifest, String target) {
    return manifest
        .manifest()
        .target(target)
        .orElseThrow(
            () ->
                MosException.notFound(
                    url + ": has no target '" + target + "'; name one with --target"));
  }

  /** A mount over what the host keeps would hide the system from the next command. */
  private void refuseOwnPlace(Path destination) {
    Path place = destination.toAbsolutePath().normalize();
    HostDirectories own = host.directories();
    for (Path directory : List.of(own.config(), own.store(), own.scratch(), own.run())) {
      if (directory.startsWith(place) || place.startsWith(directory)) {
        throw new MosException(
            ErrorCode.USAGE,
            "--dest: "
                + place
                + " would hide "
                + directory
                + ", which the host needs; choose another");
      }
    }
  }

  private void refuseInstalled() {
    Path config = host.directories().config();
    if (Files.notExists(config)) {
      return;
    }
    try (SystemState state = plugins.states().read(config)) {
      if (state.current().isPresent()) {
        throw new MosException(
            ErrorCode.USAGE,
            config
                + ": a system is installed here; mount one of its targets (without URL), or use another --root");
      }
    }
  }

  /**
   * Undoes a mount; does nothing where there is none. A service's place is what its activator made
   * of more than one mount: there the service is stopped.
   */
  public void unmount(Path destination) {
    Path place = destination.toAbsolutePath().normalize();
    Path services = host.directories().services();
    if (services.equals(place.getParent())) {
      new ServiceActivation(plugins, host, events).stop(services.relativize(place).toString());
    }
    for (RootfsMounter mounter : plugins.mounters()) {
      mounter.unmount(destination, host.directories().run(), events);
    }
    remove(remoteState(destination));
  }

  private Path remoteState(Path destination) {
    String name = Bytes.utf8(destination.toAbsolutePath().normalize().toString()).digest().hex();
    return host.directories().run().resolve("remote").resolve(name);
  }

  private static void remove(Path directory) {
    try {
      DirectoryTree.remove(directory);
    } catch (IOException e) {
      throw MosException.io("cannot remove " + directory, e);
    }
  }
}
