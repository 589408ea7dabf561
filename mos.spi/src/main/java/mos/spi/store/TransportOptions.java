package mos.spi.store;

import mos.spi.event.EventSink;

/**
 * What the user said about reaching repositories.
 *
 * @param plainHttp whether plain http is allowed for hosts other than loopback
 * @param events where to report
 */
public record TransportOptions(boolean plainHttp, EventSink events) {}
