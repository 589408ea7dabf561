package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.model.SystemTarget;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.SystemState;
import mos.spi.verify.VerifiedImage;

/**
 * The bootkit of an installed system, and which system belongs to a bootkit. A UKI boots the newest
 * system that came with it: the system partition and the state cannot change in one moment, and so
 * the UKI that was started decides, whichever of the two an interrupted update had got to.
 */
final class InstalledBootkit {
  /** The name of the target that holds a bootkit. */
  static final String TARGET = "bootkit";

  private static final int HISTORY = 100;

  /** How much of a digest names a bootkit that does not name itself. */
  private static final int SHORT = 32;

  private InstalledBootkit() {}

  /** The bootkit's image; empty when the system has none. */
  static Optional<VerifiedImage> image(VerifiedSystem system, ImageStore store) {
    return system
        .manifest()
        .target(TARGET)
        .map(SystemTarget::name)
        .map(name -> system.image(name, store));
  }

  /** What names the bootkit of an image: what the publisher said, else its digest. */
  static String id(VerifiedImage image) {
    String named = image.manifest().annotations().get(Bootkit.ID_ANNOTATION);
    return named == null ? image.digest().hex().substring(0, SHORT) : named;
  }

  /** How a system of some revision is looked at. */
  @FunctionalInterface
  interface View {
    /** Looks at it through the gate. */
    VerifiedSystem of(InstalledSystem installed);
  }

  /**
   * The newest system that belongs to the bootkit that was started.
   *
   * @param started its id; empty when the kernel was not started by a bootkit, which then is the
   *     newest system's
   * @throws MosException NOT_FOUND when no system belongs to it
   */
  static VerifiedSystem systemOf(
      Optional<String> started,
      InstalledSystem newest,
      SystemState state,
      View view,
      ImageStore store,
      EventSink events) {
    VerifiedSystem current = view.of(newest);
    if (started.isEmpty() || belongs(current, started.get(), store, events)) {
      return current;
    }
    List<String> looked = new ArrayList<>();
    for (Revision revision : state.history(HISTORY)) {
      if (!revision.id().equals(newest.revision())) {
        VerifiedSystem earlier = view.of(state.at(revision.id()));
        if (belongs(earlier, started.get(), store, events)) {
          events.accept(
              new Event.Warning(
                  "the newest system has another bootkit; booting revision "
                      + revision.id()
                      + ", the newest that came with "
                      + started.get()));
          return earlier;
        }
      }
      looked.add(revision.id().substring(0, Math.min(12, revision.id().length())));
    }
    throw MosException.notFound(
        "no installed system belongs to the bootkit "
            + started.get()
            + " that was started; looked at revisions "
            + String.join(", ", looked));
  }

  /**
   * The image of a bootkit that some revision brought. What is damaged is passed over: this is for
   * telling a person, nothing is booted by it.
   *
   * @return empty when no revision that can be read has that bootkit
   */
  static Optional<Digest> imageOf(
      String id, SystemState state, View view, ImageStore store, EventSink events) {
    for (Revision revision : readable(state, events)) {
      try {
        Optional<VerifiedImage> image = image(view.of(state.at(revision.id())), store);
        if (image.isPresent() && id(image.get()).equals(id)) {
          return Optional.of(image.get().digest());
        }
      } catch (MosException e) {
        events.accept(new Event.Detail("revision " + revision.id() + ": " + e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** As many revisions as there are before one that cannot be read, which hides those behind it. */
  private static List<Revision> readable(SystemState state, EventSink events) {
    List<Revision> readable = List.of();
    int known = 0;
    int most = HISTORY;
    for (int limit = most; known < most; limit = (known + most + 1) / 2) {
      try {
        readable = state.history(limit);
        known = limit;
      } catch (MosException e) {
        events.accept(new Event.Detail("history: " + e.getMessage()));
        most = limit - 1;
      }
    }
    return readable;
  }

  private static boolean belongs(
      VerifiedSystem system, String started, ImageStore store, EventSink events) {
    try {
      Optional<VerifiedImage> image = image(system, store);
      return image.isEmpty() || id(image.get()).equals(started);
    } catch (MosException e) {
      // What is wrong with the bootkit's image must not keep a machine from booting.
      events.accept(new Event.Warning("bootkit: " + e.getMessage()));
      return true;
    }
  }
}
