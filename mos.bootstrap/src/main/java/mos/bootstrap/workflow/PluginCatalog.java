package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.activate.ServiceActivator;
import mos.spi.boot.BootPartition;
import mos.spi.boot.BootkitBuilder;
import mos.spi.disk.Disks;
import mos.spi.image.Layer;
import mos.spi.image.Repository;
import mos.spi.model.ServiceType;
import mos.spi.mount.LayerBuilder;
import mos.spi.mount.RootfsMounter;
import mos.spi.sign.KeysetProvider;
import mos.spi.store.ImageStoreProvider;
import mos.spi.store.ImageTransport;
import mos.spi.unlock.KeyVaultProvider;
import mos.spi.unlock.VolumeUnlocker;
import mos.spi.upgrade.SystemStateProvider;
import mos.spi.upgrade.Upgrader;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.Verifier;

/**
 * The plugins of this program. Nothing is loaded before it is asked for, and nothing is decided by
 * the order of loading: two providers for one key are an error that names both modules.
 */
public final class PluginCatalog implements AutoCloseable {
  private static final Set<ServiceType> OWN_TYPES =
      Set.of(ServiceType.HOSTFS, ServiceType.CONTAINER, ServiceType.FS_ONLY);

  private final Providers providers;

  /** Kept, because a transport keeps its connections. */
  private final Map<String, ImageTransport> transports = new HashMap<>();

  /**
   * @param layer the modules to look in, with those below it
   */
  public PluginCatalog(ModuleLayer layer) {
    this(new InLayer(layer));
  }

  /** Of what some other place provides. */
  PluginCatalog(Providers providers) {
    this.providers = providers;
  }

  /** What provides a service. */
  interface Providers {
    /** Every one of them. */
    <S> Iterable<S> of(Class<S> service);
  }

  private record InLayer(ModuleLayer layer) implements Providers {
    @Override
    public <S> Iterable<S> of(Class<S> service) {
      return ServiceLoader.load(layer, service);
    }
  }

  @Override
  public void close() {
    transports.values().forEach(ImageTransport::close);
    transports.clear();
  }

  /** What keeps the images of a host. */
  public ImageStoreProvider store() {
    return one(providers.of(ImageStoreProvider.class), Phase.STORE);
  }

  /** What reaches a repository. */
  public ImageTransport transport(Repository repository) {
    if (transports.isEmpty()) {
      for (ImageTransport transport : providers.of(ImageTransport.class)) {
        transport
            .schemes()
            .forEach(scheme -> claim(transports, scheme, transport, "transport of "));
      }
    }
    ImageTransport transport = transports.get(repository.scheme());
    if (transport == null) {
      String plugin =
          repository.scheme().equals(Repository.DOCKER) ? "registry" : Phase.STORE.plugin();
      throw missing(
          "store",
          plugin,
          repository + ": this program reaches no '" + repository.scheme() + "' repositories");
    }
    return transport;
  }

  /** Everything that judges documents; at least one. */
  public List<Verifier> verifiers() {
    List<Verifier> verifiers = new ArrayList<>();
    providers.of(Verifier.class).forEach(verifiers::add);
    if (verifiers.isEmpty()) {
      throw missing(Phase.VERIFY);
    }
    return verifiers;
  }

  /** What mounts all layers of an image. */
  public RootfsMounter mounter(VerifiedImage image) {
    RootfsMounter found = null;
    for (RootfsMounter mounter : providers.of(RootfsMounter.class)) {
      boolean all = true;
      for (Layer part : image.layers()) {
        all &= mounter.supports(part.descriptor().mediaType());
      }
      if (all && found != null) {
        throw twice("mounter of " + image.target().serviceName(), found, mounter);
      }
      found = all ? mounter : found;
    }
    if (found == null) {
      Layer first = image.layers().isEmpty() ? null : image.layers().getFirst();
      String type =
          first == null ? "no layers" : "layers of type " + first.descriptor().mediaType();
      throw missing(
          "mount",
          Phase.MOUNT.plugin(),
          "image of '" + image.target().serviceName() + "': this program mounts no " + type);
    }
    return found;
  }

  /** Everything that mounts; at least one. */
  public List<RootfsMounter> mounters() {
    List<RootfsMounter> mounters = new ArrayList<>();
    providers.of(RootfsMounter.class).forEach(mounters::add);
    if (mounters.isEmpty()) {
      throw missing(Phase.MOUNT);
    }
    return mounters;
  }

  /** What makes layers of a format. */
  public LayerBuilder layerBuilder(String format) {
    Map<String, LayerBuilder> builders = new HashMap<>();
    for (LayerBuilder builder : providers.of(LayerBuilder.class)) {
      builder.formats().forEach(made -> claim(builders, made, builder, "builder of "));
    }
    LayerBuilder builder = builders.get(format);
    if (builder == null) {
      throw new MosException(
          ErrorCode.USAGE,
          "--format: '"
              + format
              + "' is not known; known are "
              + builders.keySet().stream().sorted().toList());
    }
    return builder;
  }

  /** What starts services of a type. */
  public ServiceActivator activator(ServiceType type) {
    return activators()
        .map(found -> found.get(type))
        .orElseThrow(
            () ->
                missing(
                    "activate",
                    Phase.ACTIVATE.plugin(),
                    "this program starts no services of type '" + type + "'"));
  }

  /** What starts services of a type, if this program has it. */
  public Optional<ServiceActivator> findActivator(ServiceType type) {
    return activators().map(found -> found.get(type));
  }

  /** Everything that starts services; maybe nothing. */
  public Set<ServiceActivator> allActivators() {
    return activators()
        .<Set<ServiceActivator>>map(found -> Set.copyOf(found.values()))
        .orElse(Set.of());
  }

  /** Checks that there is any activator. */
  public void requireActivation() {
    if (activators().isEmpty()) {
      throw missing(Phase.ACTIVATE);
    }
  }

  private Optional<Map<ServiceType, ServiceActivator>> activators() {
    Map<ServiceType, ServiceActivator> activators = new HashMap<>();
    for (ServiceActivator activator : providers.of(ServiceActivator.class)) {
      activator.types().forEach(type -> claim(activators, type, activator, "activator of "));
    }
    return activators.isEmpty() ? Optional.empty() : Optional.of(activators);
  }

  /** The service types that mean something here: mos's own and those of the activators. */
  public Set<ServiceType> knownTypes() {
    Set<ServiceType> known = new LinkedHashSet<>(OWN_TYPES);
    activators().ifPresent(found -> known.addAll(found.keySet()));
    return known;
  }

  /** What keeps the system's state. */
  public SystemStateProvider states() {
    return one(providers.of(SystemStateProvider.class), Phase.UPGRADE);
  }

  /** What decides what the next system is. */
  public Upgrader upgrader() {
    return one(providers.of(Upgrader.class), Phase.UPGRADE);
  }

  /** What makes and uses keys. */
  public KeysetProvider keysets() {
    return one(providers.of(KeysetProvider.class), Phase.SIGN);
  }

  /** What keeps this machine's secrets. */
  public KeyVaultProvider keyVault() {
    return one(providers.of(KeyVaultProvider.class), Phase.SEAL);
  }

  /** What opens sealed volumes. */
  public VolumeUnlocker volumeUnlocker() {
    return one(providers.of(VolumeUnlocker.class), Phase.UNLOCK);
  }

  /** The disks of this machine. */
  public Disks disks() {
    return one(providers.of(Disks.class), Phase.DISK);
  }

  /** The disks of this machine, if this program can reach them. */
  public Optional<Disks> findDisks() {
    return providers.of(Disks.class).iterator().hasNext() ? Optional.of(disks()) : Optional.empty();
  }

  /** What fills EFI system partitions. */
  public BootPartition bootPartition() {
    return one(providers.of(BootPartition.class), Phase.DISK);
  }

  /** What makes bootkits and media. */
  public BootkitBuilder bootkits() {
    return one(providers.of(BootkitBuilder.class), Phase.BOOTKIT);
  }

  private static <S> S one(Iterable<S> providers, Phase phase) {
    S found = null;
    for (S provider : providers) {
      if (found != null) {
        throw twice("phase " + phase, found, provider);
      }
      found = provider;
    }
    if (found == null) {
      throw missing(phase);
    }
    return found;
  }

  private static <K, S> void claim(Map<K, S> claimed, K key, S provider, String what) {
    S other = claimed.putIfAbsent(key, provider);
    if (other != null) {
      throw twice(what + "'" + key + "'", other, provider);
    }
  }

  private static MosException twice(String what, Object one, Object other) {
    return new MosException(
        ErrorCode.MISSING,
        what
            + ": both "
            + module(one)
            + " and "
            + module(other)
            + " provide it; link or install only one of them");
  }

  private static String module(Object provider) {
    Module module = provider.getClass().getModule();
    return module.isNamed() ? "module " + module.getName() : provider.getClass().getName();
  }

  private static MosException missing(Phase phase) {
    return missing(
        phase.toString(), phase.plugin(), "this program has nothing for the phase '" + phase + "'");
  }

  private static MosException missing(String phase, String plugin, String what) {
    return new MosException(
        ErrorCode.MISSING,
        what
            + "; the plugin '"
            + plugin
            + "' (phase "
            + phase
            + ") brings it: use an image that has it");
  }
}
