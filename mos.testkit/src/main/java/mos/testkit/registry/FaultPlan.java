package mos.testkit.registry;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Chooses what happens to each request. Called by several threads at once. */
@FunctionalInterface
public interface FaultPlan {
  /** What happens to this request. */
  Fault faultFor(Request request);

  /**
   * A request as the proxy got it.
   *
   * @param target path and query
   * @param range the {@code Range} header
   */
  record Request(String method, String target, Optional<String> range) {}

  /** Nothing ever happens. */
  static FaultPlan none() {
    return request -> Fault.NONE;
  }

  /** A fault for the first so many requests that match. */
  static FaultPlan first(int times, Predicate<Request> matching, Fault fault) {
    AtomicInteger left = new AtomicInteger(times);
    return request -> matching.test(request) && left.getAndDecrement() > 0 ? fault : Fault.NONE;
  }

  /** A fault for every request that matches. */
  static FaultPlan always(Predicate<Request> matching, Fault fault) {
    return request -> matching.test(request) ? fault : Fault.NONE;
  }

  /**
   * Faults of all kinds by chance. The same seed does the same to the n-th request for a thing
   * (method, path, digest; not an upload's name, which is another in each run), in whatever order
   * requests for different things come.
   *
   * @param share how many requests are hit, from 0 to 1
   * @throws IllegalArgumentException when the share is not from 0 to 1
   */
  static FaultPlan seeded(long seed, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("the share is from 0 to 1, not " + share);
    }
    Map<String, AtomicInteger> occurrences = new ConcurrentHashMap<>();
    return request -> {
      String thing = FaultDice.thing(request);
      int number = occurrences.computeIfAbsent(thing, key -> new AtomicInteger()).incrementAndGet();
      return new FaultDice(seed, thing, number).fault(share, request);
    };
  }
}
