/**
 * Services of type {@code inventory}: a list of every file in an image, with its SHA-256.
 *
 * @provides mos.spi.activate.ServiceActivator
 */
module com.example.inventory {
  requires mos.spi;

  provides mos.spi.activate.ServiceActivator with
      com.example.inventory.InventoryActivator;
}
