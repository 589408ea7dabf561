package mos.testkit.registry;

import java.util.Optional;

/**
 * A request that went through a {@link FaultProxy}.
 *
 * @param method the method
 * @param target path and query
 * @param range the {@code Range} header
 * @param fault what was done to it
 * @param status the answer's; 0 when the client got none
 * @param requestBytes of the body that the client sent, as far as the proxy read it
 * @param answerBytes of the body that the proxy sent
 */
public record Exchange(
    String method,
    String target,
    Optional<String> range,
    Fault fault,
    int status,
    long requestBytes,
    long answerBytes) {}
