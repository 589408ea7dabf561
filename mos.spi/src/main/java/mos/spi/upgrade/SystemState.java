package mos.spi.upgrade;

import java.util.List;
import java.util.Optional;

/** What is installed on a host, held still by a lock until it is closed. */
public interface SystemState extends AutoCloseable {
  /**
   * The installed system; empty when none is installed.
   *
   * @throws mos.spi.MosException INVALID when there is one that cannot be read
   */
  Optional<InstalledSystem> current();

  /**
   * The system as a revision has it.
   *
   * @param revision one of {@link #history}
   * @throws mos.spi.MosException NOT_FOUND when there is no such revision
   */
  InstalledSystem at(String revision);

  /**
   * The revisions, newest first.
   *
   * @param limit the most to return
   */
  List<Revision> history(int limit);

  @Override
  void close();
}
