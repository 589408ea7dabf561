package mos.spi.upgrade;

import java.util.Collection;
import mos.spi.model.SystemManifest;
import mos.spi.verify.VerifiedManifest;

/** The system's state, locked for changing it. */
public interface WritableSystemState extends SystemState {
  /**
   * Makes another system the installed one, in a single switch: everything is written and flushed
   * first, then one reference moves. After a crash the old or the new system is installed.
   *
   * @param next what is to be installed
   * @param sources every install manifest that {@code next} names
   * @param message what the change is, one line
   * @return the new revision
   * @throws mos.spi.MosException RESOURCE when writing fails; the old system then stays
   */
  String commit(SystemManifest next, Collection<VerifiedManifest> sources, String message);
}
