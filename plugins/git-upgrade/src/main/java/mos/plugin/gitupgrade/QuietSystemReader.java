package mos.plugin.gitupgrade;

import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.internal.util.CleanupService;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JGit to itself: no configuration but the repository's own, no {@code git} process to ask
 * where the others are, no measuring of the file system's clock (three seconds on a machine's first
 * run), no management beans.
 */
final class QuietSystemReader extends SystemReader {
  private static boolean installed;

  private QuietSystemReader() {}

  /** Makes JGit use this reader; must come before anything else of JGit. */
  static synchronized void install() {
    if (installed) {
      return;
    }
    keepTextsUnread();
    SystemReader.setInstance(new QuietSystemReader());
    WindowCacheConfig cache = new WindowCacheConfig();
    cache.setExposeStatsViaJmx(false);
    cache.install();
    installed = true;
  }

  /**
   * Whoever first asks for JGit's clean-up service makes it register a shutdown hook, and for that
   * hook's sake read all of JGit's messages, the most expensive step of opening a repository. In
   * OSGi the constructor is called instead, without either; nothing of ours needs cleaning up.
   */
  @SuppressWarnings("CheckReturnValue") // It registers itself.
  private static void keepTextsUnread() {
    new CleanupService();
  }

  @Override
  public String getHostname() {
    return "localhost";
  }

  /** The environment must not decide where the state is read from. */
  @Override
  public @Nullable String getenv(String variable) {
    return null;
  }

  @Override
  public @Nullable String getProperty(String key) {
    return System.getProperty(key);
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  @Override
  @SuppressWarnings("deprecation") // JGit still asks for it.
  public long getCurrentTime() {
    return System.currentTimeMillis();
  }

  @Override
  @SuppressWarnings("deprecation") // JGit still asks for it.
  public int getTimezone(long when) {
    return 0;
  }

  /** A configuration file that is not there. */
  private static final class NoConfig extends FileBasedConfig {
    NoConfig(@Nullable Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {
      // There is no file.
    }

    @Override
    public boolean isOutdated() {
      return false;
    }

    /**
     * Answers what JGit would otherwise measure: the clock of Linux file systems is fine enough.
     */
    @Override
    public long getTimeUnit(
        String section,
        @Nullable String subsection,
        String name,
        long defaultValue,
        TimeUnit wantUnit) {
      if (section.equals("filesystem")) {
        return wantUnit.convert(10, TimeUnit.MILLISECONDS);
      }
      return super.getTimeUnit(section, subsection, name, defaultValue, wantUnit);
    }
  }
}
