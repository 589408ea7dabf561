package mos.spi.activate;

import java.util.Set;
import mos.spi.model.ServiceType;
import mos.spi.verify.VerifiedImage;

/**
 * Phase activate: starts services of one or more types. Found by {@link java.util.ServiceLoader};
 * third parties add their own types. Two activators for one type are a start-up error.
 *
 * <p>Calls for one service never overlap: mos holds the system's lock.
 */
public interface ServiceActivator {
  /** The types it starts. */
  Set<ServiceType> types();

  /** What the service does at the moment; must not change anything. */
  ServiceState state(String service, ActivationContext context);

  /**
   * Starts the service, or restarts it when it runs another image. When it fails, the service is
   * stopped or still runs its old image, and the next call works.
   */
  Activation activate(VerifiedImage image, ActivationContext context);

  /** Stops the service and leaves nothing of it mounted; does nothing when it does not run. */
  void stop(String service, ActivationContext context);
}
