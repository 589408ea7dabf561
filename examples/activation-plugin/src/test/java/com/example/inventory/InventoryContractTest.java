package com.example.inventory;

import mos.spi.activate.ServiceActivator;
import mos.testkit.ActivatorContract;

/** Everything that mos expects of an activator. */
class InventoryContractTest extends ActivatorContract {
  @Override
  protected ServiceActivator activator() {
    return new InventoryActivator();
  }
}
