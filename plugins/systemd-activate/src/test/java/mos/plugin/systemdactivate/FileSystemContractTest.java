package mos.plugin.systemdactivate;

import java.nio.file.Path;
import mos.spi.activate.ServiceActivator;
import mos.testkit.ActivatorContract;
import mos.testkit.TestHost;

class FileSystemContractTest extends ActivatorContract {
  @Override
  protected ServiceActivator activator() {
    return new FileSystemActivator();
  }

  @Override
  protected TestHost host(Path root) {
    return new MountingHost(root);
  }
}
