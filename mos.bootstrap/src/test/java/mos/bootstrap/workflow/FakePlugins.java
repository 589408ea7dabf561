package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Providers that a test made, in place of those that modules bring. */
final class FakePlugins implements PluginCatalog.Providers {
  private final Map<Class<?>, List<Object>> provided = new HashMap<>();

  /** Adds a provider. */
  <S> FakePlugins with(Class<S> service, S provider) {
    provided.computeIfAbsent(service, _ -> new ArrayList<>()).add(provider);
    return this;
  }

  @Override
  public <S> Iterable<S> of(Class<S> service) {
    return provided.getOrDefault(service, List.of()).stream().map(service::cast).toList();
  }

  /** A catalog of what was added, also later. */
  PluginCatalog catalog() {
    return new PluginCatalog(this);
  }
}
