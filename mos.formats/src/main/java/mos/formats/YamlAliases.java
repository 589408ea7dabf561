package mos.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;

/** What only the YAML parser can tell. Loaded only when a YAML document is read. */
final class YamlAliases {
  private YamlAliases() {}

  static boolean isAlias(JsonParser parser) {
    return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
  }
}
