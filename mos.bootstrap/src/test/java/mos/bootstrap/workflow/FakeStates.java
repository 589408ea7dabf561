package mos.bootstrap.workflow;

import java.nio.file.Path;
import mos.spi.upgrade.SystemState;
import mos.spi.upgrade.SystemStateProvider;
import mos.spi.upgrade.WritableSystemState;

/** One state, whatever the directory. */
record FakeStates(WritableSystemState state) implements SystemStateProvider {
  @Override
  public SystemState read(Path config) {
    return state;
  }

  @Override
  public WritableSystemState write(Path config, String owner) {
    return state;
  }
}
