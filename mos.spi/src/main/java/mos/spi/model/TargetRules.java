package mos.spi.model;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.spi.InvalidFieldException;

/**
 * What must hold across the targets and volumes of one system, whether they come from one manifest
 * or from several: unique names, labels, host ports and addresses.
 */
public final class TargetRules {
  private TargetRules() {}

  /**
   * Checks the rules; the error names the later of two that clash, by its place in the list.
   *
   * @throws InvalidFieldException naming {@code targets[i]…} or {@code storage[i]…}
   */
  public static void check(List<Target> targets, List<Storage> storage) {
    Set<String> labels = new HashSet<>();
    for (int i = 0; i < storage.size(); i++) {
      if (!labels.add(storage.get(i).label())) {
        throw new InvalidFieldException("storage[" + i + "].label", taken(storage.get(i).label()));
      }
    }
    Set<String> names = new HashSet<>();
    Map<Object, String> owners = new HashMap<>();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      String at = "targets[" + i + "]";
      if (!names.add(target.serviceName())) {
        throw new InvalidFieldException(at + ".service_name", taken(target.serviceName()));
      }
      checkNetwork(target, at + ".network", owners);
    }
  }

  /** Checks that every volume a target mounts is declared. */
  public static void checkLabels(List<Target> targets, List<Storage> storage) {
    Set<String> labels = new HashSet<>();
    storage.forEach(volume -> labels.add(volume.label()));
    for (int i = 0; i < targets.size(); i++) {
      List<StorageMount> mounts = targets.get(i).storage();
      for (int j = 0; j < mounts.size(); j++) {
        if (!labels.contains(mounts.get(j).label())) {
          throw new InvalidFieldException(
              "targets[" + i + "].storage[" + j + "].label",
              "no volume '" + mounts.get(j).label() + "' is declared under 'storage'");
        }
      }
    }
  }

  private static void checkNetwork(Target target, String at, Map<Object, String> owners) {
    Network network = target.network();
    if (network.type() != NetworkType.SIMPLE) {
      return;
    }
    for (int i = 0; i < network.ports().size(); i++) {
      Integer port = network.ports().get(i).host();
      claim(owners, port, target, at + ".ports[" + i + "].host", "host port " + port);
    }
    network
        .ipv4()
        .ifPresent(
            ip -> claim(owners, ip.address(), target, at + ".ipv4", "address " + ip.address()));
    network
        .ipv6()
        .ifPresent(
            ip -> claim(owners, ip.address(), target, at + ".ipv6", "address " + ip.address()));
  }

  private static void claim(
      Map<Object, String> owners, Object what, Target target, String field, String words) {
    String owner = owners.putIfAbsent(what, target.serviceName());
    if (owner != null) {
      throw new InvalidFieldException(field, words + " already belongs to '" + owner + "'");
    }
  }

  private static String taken(String name) {
    return "'" + name + "' stands twice; names are unique";
  }
}
