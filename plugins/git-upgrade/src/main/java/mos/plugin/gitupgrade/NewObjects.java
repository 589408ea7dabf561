package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import mos.spi.UndoLog;
import mos.spi.model.Bytes;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/** Writes the objects of a commit and makes them last. */
final class NewObjects {
  private final Place place;
  private final Repository repository;
  private final Path directory;
  private final UndoLog undo;
  private final Consumer<Path> flush;
  private final Set<Path> touched = new LinkedHashSet<>();

  /**
   * @param place whose repository, for messages
   * @param undo takes back what is written
   * @param flush makes a file or a directory last
   */
  NewObjects(Place place, Repository repository, UndoLog undo, Consumer<Path> flush) {
    this.place = place;
    this.repository = repository;
    this.directory = repository.getDirectory().toPath().resolve(Constants.OBJECTS);
    this.undo = undo;
    this.flush = flush;
  }

  /** Writes, flushes and reads back: what an earlier object of that name holds is checked too. */
  ObjectId insert(CommitContent content, Optional<ObjectId> parent) throws IOException {
    ObjectId commit;
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      SortedMap<String, ObjectId> blobs = new TreeMap<>();
      for (Map.Entry<String, Bytes> file : content.files().entrySet()) {
        byte[] bytes = file.getValue().toArray();
        blobs.put(file.getKey(), insert(inserter, Constants.OBJ_BLOB, bytes));
      }
      ObjectId tree = insert(inserter, Constants.OBJ_TREE, CommitContent.tree(blobs));
      byte[] bytes = content.commit(tree, parent, Instant.now());
      commit = insert(inserter, Constants.OBJ_COMMIT, bytes);
      inserter.flush();
    }
    touched.forEach(flush);
    flush.accept(directory);
    readBack(commit, content);
    return commit;
  }

  private ObjectId insert(ObjectInserter inserter, int type, byte[] bytes) throws IOException {
    String name = inserter.idFor(type, bytes).name();
    Path room = directory.resolve(name.substring(0, 2));
    Path file = room.resolve(name.substring(2));
    if (!Files.exists(room)) {
      undo.push("remove " + room, () -> Files.deleteIfExists(room));
    }
    if (!Files.exists(file)) {
      undo.push("remove " + file, () -> Files.deleteIfExists(file));
    }
    ObjectId id = inserter.insert(type, bytes);
    // An object that is packed already has no file of its own.
    if (Files.exists(file)) {
      touched.add(file);
      touched.add(room);
    }
    return id;
  }

  private void readBack(ObjectId commit, CommitContent content) {
    try (GitObjects objects = new GitObjects(place, () -> repository)) {
      GitTree tree = objects.tree(objects.commit(commit).tree());
      tree.files()
          .forEach(
              (name, id) -> {
                Bytes written = content.files().get(name);
                objects.blob(id, name, written == null ? 0 : written.size());
              });
    }
  }
}
