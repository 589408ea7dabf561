package mos.spi.upgrade;

import java.nio.file.Path;

/** Phase upgrade: keeps what is installed. One per program. */
public interface SystemStateProvider {
  /**
   * Opens the state for reading, under a shared lock. Creates nothing.
   *
   * @param config the host's configuration directory, usually {@code /config}
   * @throws mos.spi.MosException BUSY when a writer holds the lock, naming it
   */
  SystemState read(Path config);

  /**
   * Opens the state for changing it, under the exclusive lock, and mends what an interrupted change
   * left. When nothing was committed, closing it removes what opening it created.
   *
   * @param owner what the lock is taken for, such as {@code mosctl update}; shown to others who
   *     want it
   * @throws mos.spi.MosException BUSY when somebody holds the lock, naming the owner
   */
  WritableSystemState write(Path config, String owner);
}
