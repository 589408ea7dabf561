package mos.plugin.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import mos.spi.MosException;

/**
 * Reads the rules of one registries.conf. The file belongs to other tools: keys that mean nothing
 * here are passed over, wrong values of those that do are errors.
 */
final class RegistryRules {
  /** No scheme, no password, nothing that would change the meaning of a URL. */
  private static final Pattern LOCATION =
      Pattern.compile("(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?(?:/[a-z0-9._-]+)*");

  private final Path file;

  private RegistryRules(Path file) {
    this.file = file;
  }

  /**
   * The rules of a file.
   *
   * @param text what stands in it
   */
  static List<RegistryRule> parse(Path file, String text) {
    return new RegistryRules(file).parse(text);
  }

  private List<RegistryRule> parse(String text) {
    JsonNode root;
    try {
      root = new TomlMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw MosException.invalid(
          file
              + ": not TOML"
              + (e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr())
              + ": "
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
    }
    List<RegistryRule> rules = new ArrayList<>();
    JsonNode registries = list(root, "registry", "registry");
    for (int i = 0; i < registries.size(); i++) {
      rules.add(rule(registries.get(i), "registry[" + i + "]"));
    }
    return rules;
  }

  private JsonNode list(JsonNode node, String key, String path) {
    JsonNode value = node.path(key);
    boolean tables = value.isMissingNode() || value.isArray();
    for (JsonNode one : value) {
      tables &= one.isObject();
    }
    if (!tables) {
      throw MosException.invalid(
          file
              + ": "
              + path
              + ": must be tables, [["
              + path.replaceAll("\\[[0-9]+]", "")
              + "]] with two brackets (version 2)");
    }
    return value;
  }

  private RegistryRule rule(JsonNode node, String at) {
    String location = location(node, at);
    String prefix = text(node, "prefix", at);
    boolean digestsOnly = flag(node, "mirror-by-digest-only", at);
    List<RegistryRule.Mirror> mirrors = new ArrayList<>();
    JsonNode list = list(node, "mirror", at + ".mirror");
    for (int i = 0; i < list.size(); i++) {
      mirrors.add(mirror(list.get(i), at + ".mirror[" + i + "]", digestsOnly));
    }
    if (prefix.isEmpty() && location.isEmpty()) {
      throw MosException.invalid(file + ": " + at + ": needs a location or a prefix");
    }
    return new RegistryRule(
        file,
        prefix.isEmpty() ? location : prefix,
        location,
        flag(node, "insecure", at),
        flag(node, "blocked", at),
        mirrors);
  }

  private RegistryRule.Mirror mirror(JsonNode node, String at, boolean digestsOnly) {
    String location = location(node, at);
    if (location.isEmpty()) {
      throw MosException.invalid(file + ": " + at + ".location: is missing");
    }
    String asked = text(node, "pull-from-mirror", at);
    if (digestsOnly && !asked.isEmpty()) {
      throw MosException.invalid(
          file
              + ": "
              + at
              + ".pull-from-mirror: contradicts mirror-by-digest-only of its registry; leave one"
              + " out");
    }
    RegistryRule.Pull pull =
        switch (asked.toLowerCase(Locale.ROOT)) {
          case "", "all" -> digestsOnly ? RegistryRule.Pull.DIGEST_ONLY : RegistryRule.Pull.ALL;
          case "digest-only" -> RegistryRule.Pull.DIGEST_ONLY;
          case "tag-only" -> RegistryRule.Pull.TAG_ONLY;
          case String other ->
              throw MosException.invalid(
                  file
                      + ": "
                      + at
                      + ".pull-from-mirror: must be all, digest-only or tag-only, not '"
                      + other
                      + "'");
        };
    return new RegistryRule.Mirror(location, flag(node, "insecure", at), pull);
  }

  private String location(JsonNode node, String at) {
    String location = text(node, "location", at);
    if (!location.isEmpty() && !LOCATION.matcher(location).matches()) {
      throw MosException.invalid(
          file + ": " + at + ".location: must be HOST[:PORT][/PATH], not '" + location + "'");
    }
    return location;
  }

  private String text(JsonNode node, String key, String at) {
    JsonNode value = node.path(key);
    if (!value.isMissingNode() && !value.isTextual()) {
      throw MosException.invalid(file + ": " + at + "." + key + ": must be a string");
    }
    return value.asText("").replaceFirst("/+$", "");
  }

  private boolean flag(JsonNode node, String key, String at) {
    JsonNode value = node.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw MosException.invalid(file + ": " + at + "." + key + ": must be true or false");
    }
    return value.asBoolean(false);
  }
}
