package com.example.inventory;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import mos.spi.activate.Activation;
import mos.spi.activate.ActivationContext;
import mos.spi.activate.ServiceActivator;
import mos.spi.activate.ServiceState;
import mos.spi.model.Digest;
import mos.spi.model.ServiceType;
import mos.spi.mount.MountedImage;
import mos.spi.verify.VerifiedImage;

/**
 * Services of type {@code inventory}: the image is mounted, every file in it is listed with its
 * SHA-256, and it is unmounted again. The list is what {@code sha256sum --check} reads, so an
 * auditor can compare it with any copy of the files.
 *
 * <p>The service runs as long as its list is there: {@code <root>/run/mos/inventory/<service>}.
 */
public final class InventoryActivator implements ServiceActivator {
  private static final ServiceType INVENTORY = new ServiceType("inventory");

  /** For {@link java.util.ServiceLoader}: cheap, no work here. */
  public InventoryActivator() {}

  @Override
  public Set<ServiceType> types() {
    return Set.of(INVENTORY);
  }

  @Override
  public ServiceState state(String service, ActivationContext context) {
    InventoryFile file = InventoryFile.of(context.host(), service);
    Optional<Digest> listed = file.image();
    return new ServiceState(listed, listed.isPresent() ? "listed in " + file.path() : "not listed");
  }

  @Override
  public Activation activate(VerifiedImage image, ActivationContext context) {
    String service = image.target().serviceName();
    InventoryFile file = InventoryFile.of(context.host(), service);
    Optional<Digest> before = file.image();
    Path place = place(context, service);
    if (before.equals(Optional.of(image.digest()))) {
      // A run that was killed after it had written the list may have left its mount.
      context.unmount(place);
      return new Activation(Activation.Outcome.UNCHANGED, "listed in " + file.path());
    }
    discardOther(image, place, context);
    context.mount(image, place, Optional.empty());
    try {
      file.write(image.digest(), place);
    } finally {
      context.unmount(place);
    }
    return new Activation(
        before.isPresent() ? Activation.Outcome.RESTARTED : Activation.Outcome.STARTED,
        "listed in " + file.path());
  }

  /** A run that was killed may have left another image mounted. */
  private static void discardOther(VerifiedImage image, Path place, ActivationContext context) {
    Optional<MountedImage> left = context.mounted(place);
    if (left.isPresent() && !left.get().image().equals(image.digest())) {
      context.unmount(place);
    }
  }

  @Override
  public void stop(String service, ActivationContext context) {
    context.unmount(place(context, service));
    InventoryFile.of(context.host(), service).delete();
  }

  private static Path place(ActivationContext context, String service) {
    return context.host().run().resolve("inventory-mounts").resolve(service);
  }
}
