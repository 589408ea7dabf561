package mos.plugin.gitupgrade;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A commit (git's documentation, "Git Internals - Git Objects").
 *
 * @param id its name
 * @param tree the files
 * @param parents what it follows, the first is the line that mos walks
 * @param when it was committed
 * @param message the first line
 */
record GitCommit(ObjectId id, ObjectId tree, List<ObjectId> parents, Instant when, String message) {
  private static final Pattern HEADER = Pattern.compile("(tree|parent) ([0-9a-f]{40})");
  private static final Pattern COMMITTER = Pattern.compile("committer .*> ([0-9]{1,12}) .*");

  /** Reads a commit's bytes. */
  static GitCommit parse(ObjectId id, byte[] raw, Place place) {
    String text = new String(raw, StandardCharsets.UTF_8);
    int end = text.indexOf("\n\n");
    String headers = end < 0 ? text : text.substring(0, end);
    ObjectId tree = null;
    List<ObjectId> parents = new ArrayList<>();
    Instant when = null;
    for (String line : headers.split("\n", -1)) {
      Matcher header = HEADER.matcher(line);
      if (header.matches()) {
        ObjectId named = ObjectId.fromString(header.group(2));
        if (header.group(1).equals("parent")) {
          parents.add(named);
        } else {
          tree = named;
        }
      } else if (line.startsWith("committer ")) {
        when = time(line);
      }
    }
    if (tree == null || when == null) {
      throw place.damaged("the commit " + id.name() + " has no tree or no time", null);
    }
    String message = end < 0 ? "" : text.substring(end + 2).strip();
    int lineEnd = message.indexOf('\n');
    return new GitCommit(
        id,
        tree,
        List.copyOf(parents),
        when,
        lineEnd < 0 ? message : message.substring(0, lineEnd));
  }

  private static @Nullable Instant time(String line) {
    Matcher committer = COMMITTER.matcher(line);
    try {
      return committer.matches() ? Instant.ofEpochSecond(Long.parseLong(committer.group(1))) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
