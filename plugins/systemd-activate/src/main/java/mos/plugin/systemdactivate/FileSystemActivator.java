package mos.plugin.systemdactivate;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.activate.Activation;
import mos.spi.activate.ActivationContext;
import mos.spi.activate.ServiceActivator;
import mos.spi.activate.ServiceState;
import mos.spi.event.Event;
import mos.spi.model.Digest;
import mos.spi.model.ServiceType;
import mos.spi.mount.MountedImage;
import mos.spi.verify.VerifiedImage;

/**
 * Services of type {@code fs-only}: the image is mounted read-only at a place of its own and shown
 * at {@code <root>/mnt/atom/<service>} by a bind mount.
 *
 * <p>A restart mounts the new image beside the old one, takes the old bind mount away lazily
 * (MNT_DETACH) and puts the new one there: a process that has files of the old image open keeps
 * reading them, everybody who opens a path from then on sees the new ones. Then the old image is
 * unmounted; when it is in use, it stays until the next activation or stop, and a warning says so.
 */
public final class FileSystemActivator implements ServiceActivator {
  /** For {@link java.util.ServiceLoader}. */
  public FileSystemActivator() {}

  @Override
  public Set<ServiceType> types() {
    return Set.of(ServiceType.FS_ONLY);
  }

  @Override
  public ServiceState state(String service, ActivationContext context) {
    ServicePlaces places = new ServicePlaces(context.host(), service);
    Shown shown = Shown.at(places, context);
    String detail =
        shown.isForeign()
            ? "something that mos did not mount is at " + places.visible()
            : shown.somethingMounted()
                ? "read-only at " + places.visible()
                : "nothing is mounted at " + places.visible();
    return new ServiceState(shown.image().map(MountedImage::image), detail);
  }

  @Override
  public Activation activate(VerifiedImage image, ActivationContext context) {
    ServicePlaces places = new ServicePlaces(context.host(), image.target().serviceName());
    Shown shown = Shown.at(places, context);
    refuseForeign(shown, places);
    Path place = places.image(image.digest());
    Optional<Digest> running = shown.image().map(MountedImage::image);
    String detail = "read-only at " + places.visible();
    if (running.equals(Optional.of(image.digest()))) {
      unmountOthers(places, place, context);
      return new Activation(Activation.Outcome.UNCHANGED, detail);
    }
    if (!image.target().storage().isEmpty()) {
      context
          .events()
          .accept(
              new Event.Warning(
                  places.service()
                      + ": its volumes are not mounted; a service of type fs-only has no place for"
                      + " them"));
    }
    replace(image, places, shown, context);
    unmountOthers(places, place, context);
    return new Activation(
        running.isPresent() ? Activation.Outcome.RESTARTED : Activation.Outcome.STARTED, detail);
  }

  private static void replace(
      VerifiedImage image, ServicePlaces places, Shown shown, ActivationContext context) {
    Path place = places.image(image.digest());
    try (UndoLog undo = new UndoLog()) {
      undo.push("remove empty directories of " + places.service(), places::removeEmpty);
      context.mount(image, place, Optional.empty());
      undo.push("unmount " + place, () -> context.unmount(place));
      places.createVisible();
      try (FileDescriptor bind = Mount.copy(place)) {
        if (shown.somethingMounted()) {
          Mount.detach(places.visible());
        }
        Mount.attach(bind, places.visible());
      }
      undo.disarm();
    }
  }

  /** What is in use stays; the service has its new files all the same. */
  private static void unmountOthers(ServicePlaces places, Path keep, ActivationContext context) {
    for (Path place : places.used()) {
      if (place.equals(keep)) {
        continue;
      }
      try {
        context.unmount(place);
      } catch (MosException e) {
        context
            .events()
            .accept(
                new Event.Warning(
                    places.service()
                        + ": an earlier image stays mounted until the next activation or stop: "
                        + e.getMessage()));
      }
    }
    places.removeEmpty();
  }

  @Override
  public void stop(String service, ActivationContext context) {
    ServicePlaces places = new ServicePlaces(context.host(), service);
    Shown shown = Shown.at(places, context);
    refuseForeign(shown, places);
    if (shown.somethingMounted()) {
      Mount.detach(places.visible());
    }
    places.used().forEach(context::unmount);
    places.removeEmpty();
  }

  private static void refuseForeign(Shown shown, ServicePlaces places) {
    if (shown.isForeign()) {
      throw new MosException(
          ErrorCode.BUSY,
          places.visible()
              + ": something that mos did not mount is mounted there; unmount it, then try again");
    }
  }
}
