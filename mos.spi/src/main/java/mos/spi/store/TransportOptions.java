package mos.spi.store;

import java.util.Optional;
import mos.spi.event.EventSink;

/**
 * What the user said about reaching repositories.
 *
 * @param plainHttp whether plain http is allowed for hosts other than loopback
 * @param login for the registry that it names; comes before what the machine knows for that one
 * @param events where to report
 */
public record TransportOptions(
    boolean plainHttp, Optional<RegistryLogin> login, EventSink events) {}
