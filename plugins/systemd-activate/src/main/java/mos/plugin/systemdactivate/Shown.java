package mos.plugin.systemdactivate;

import java.util.Optional;
import mos.linux.MountTable;
import mos.spi.activate.ActivationContext;
import mos.spi.mount.MountedImage;

/**
 * What the kernel shows at a service's place. A bind mount shows the same directory of the same
 * file system as the image's own mount; that, and not a file, is how it is recognised.
 *
 * @param somethingMounted whether anything is mounted there
 * @param image the image that it is, if it is one of the service's
 */
record Shown(boolean somethingMounted, Optional<MountedImage> image) {
  /** Looks at the mount table. */
  static Shown at(ServicePlaces places, ActivationContext context) {
    MountTable table = MountTable.current();
    Optional<MountTable.Entry> visible = ServicePlaces.mount(table, places.visible());
    if (visible.isEmpty()) {
      return new Shown(false, Optional.empty());
    }
    Optional<MountedImage> image =
        places.used().stream()
            .filter(
                place ->
                    ServicePlaces.mount(table, place)
                        .filter(entry -> same(entry, visible.get()))
                        .isPresent())
            .flatMap(place -> context.mounted(place).stream())
            .findFirst();
    return new Shown(true, image);
  }

  /** Something is mounted there that mos did not mount. */
  boolean isForeign() {
    return somethingMounted && image.isEmpty();
  }

  private static boolean same(MountTable.Entry one, MountTable.Entry other) {
    return one.device().equals(other.device()) && one.root().equals(other.root());
  }
}
