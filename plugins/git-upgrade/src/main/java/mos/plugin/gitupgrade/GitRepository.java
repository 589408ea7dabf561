package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.spi.MosException;
import mos.spi.model.SystemTarget;
import mos.spi.upgrade.Revision;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/** The repository of a host, as far as its commits go; the work tree is never looked at. */
final class GitRepository implements AutoCloseable {
  private final Place place;
  private final GitObjects objects;
  private @Nullable Repository repository;

  /** Of what {@link Place#hasRepository} has found. */
  GitRepository(Place place) {
    this.place = place;
    this.objects = new GitObjects(place, this::jgit);
  }

  /**
   * JGit's view, opened when it is first needed.
   *
   * @throws MosException INVALID when JGit cannot make sense of the repository
   */
  Repository jgit() {
    if (repository == null) {
      repository = openByJGit(place);
    }
    return repository;
  }

  private static Repository openByJGit(Place place) {
    QuietSystemReader.install();
    try {
      return new FileRepositoryBuilder()
          .setGitDir(place.gitDirectory().toFile())
          .setWorkTree(place.repository().toFile())
          .build();
    } catch (IOException | RuntimeException e) {
      throw place.damaged("cannot be opened: " + e.getMessage(), e);
    }
  }

  GitObjects objects() {
    return objects;
  }

  /**
   * The commit that counts: what HEAD leads to. Empty when nothing was ever committed.
   *
   * @throws MosException INVALID when HEAD or its branch is missing or damaged
   */
  Optional<ObjectId> head() {
    return new LooseFiles(place).head().or(this::headByJGit);
  }

  private Optional<ObjectId> headByJGit() {
    Ref head = headReference();
    ObjectId commit = head.getObjectId();
    if (commit != null) {
      return Optional.of(commit);
    }
    if (hasObjects() && !Files.exists(place.changing())) {
      throw place.damaged(
          "the branch " + head.getLeaf().getName() + " is missing, but there are commits", null);
    }
    return Optional.empty();
  }

  /** The reference that a commit moves: HEAD's branch, or HEAD itself when it is detached. */
  String branch() {
    String name = headReference().getLeaf().getName();
    if (!name.equals(Constants.HEAD)
        && !(name.startsWith(Constants.R_HEADS) && Repository.isValidRefName(name))) {
      throw place.damaged("HEAD leads to '" + name + "', which is no branch", null);
    }
    return name;
  }

  private Ref headReference() {
    Ref head;
    try {
      head = jgit().exactRef(Constants.HEAD);
    } catch (IOException | RuntimeException e) {
      throw place.damaged("HEAD or its branch cannot be read: " + e.getMessage(), e);
    }
    if (head == null) {
      throw place.damaged("HEAD is missing", null);
    }
    return head;
  }

  private boolean hasObjects() {
    Path directory = place.gitDirectory().resolve(Constants.OBJECTS);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        boolean isEmptyRoom = entry.endsWith("info") || entry.endsWith("pack");
        if (!isEmptyRoom || (Files.isDirectory(entry) && !Place.isEmpty(entry))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw place.damaged("its objects cannot be listed: " + e.getMessage(), e);
    }
  }

  /** What was installed as of a commit. */
  CommittedSystem system(ObjectId commit) {
    return CommittedSystem.read(place, objects, objects.commit(commit));
  }

  /** A commit and those before it, newest first. */
  List<Revision> history(ObjectId from, int limit) {
    List<Revision> revisions = new ArrayList<>();
    Optional<ObjectId> next = Optional.of(from);
    while (next.isPresent() && revisions.size() < limit) {
      GitCommit commit = objects.commit(next.get());
      CommittedSystem system = CommittedSystem.read(place, objects, commit);
      revisions.add(
          new Revision(
              commit.id().name(),
              commit.when(),
              commit.message(),
              system.manifest().targets().stream()
                  .map(SystemTarget::source)
                  .collect(Collectors.toSet())));
      next = commit.parents().stream().findFirst();
    }
    return List.copyOf(revisions);
  }

  @Override
  public void close() {
    objects.close();
    if (repository != null) {
      repository.close();
    }
  }
}
