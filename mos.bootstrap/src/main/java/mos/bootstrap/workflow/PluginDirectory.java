package mos.bootstrap.workflow;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * Third-party plugins: jars in {@code plugins/} of the image. They inherit the trust of the file
 * system that the image is in, so nobody but root may be able to write there. An image without
 * {@code plugins.allowed} in {@code lib/} accepts none.
 */
public final class PluginDirectory {
  private PluginDirectory() {}

  /**
   * The modules of this program and of the plugins beside it.
   *
   * @throws MosException INVALID when a plugin is no usable module; REFUSED when others could have
   *     put it there
   */
  public static ModuleLayer load() {
    ModuleLayer own = PluginDirectory.class.getModule().getLayer();
    ModuleLayer boot = own == null ? ModuleLayer.boot() : own;
    Path home = Path.of(System.getProperty("java.home"));
    Path directory = home.resolve("plugins");
    if (!Files.isDirectory(directory) || !Files.exists(home.resolve("lib/plugins.allowed"))) {
      return boot;
    }
    check(directory);
    ModuleFinder finder = ModuleFinder.of(directory);
    try {
      List<String> names =
          finder.findAll().stream().map(found -> found.descriptor().name()).sorted().toList();
      Configuration configuration =
          boot.configuration().resolveAndBind(finder, ModuleFinder.of(), names);
      return boot.defineModulesWithOneLoader(configuration, PluginDirectory.class.getClassLoader());
    } catch (FindException | ResolutionException | java.lang.LayerInstantiationException e) {
      throw new MosException(
          ErrorCode.INVALID, directory + ": cannot load its plugins: " + e.getMessage(), e);
    }
  }

  private static void check(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : Stream.concat(Stream.of(directory), files).toList()) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        boolean others =
            permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        if (others || !Files.getAttribute(path, "unix:uid").equals(0)) {
          throw MosException.refused(
              path
                  + ": plugins must belong to root and be writable by nobody else: chown root, chmod go-w");
        }
      }
    } catch (IOException e) {
      throw MosException.io("cannot look for plugins in " + directory, e);
    }
  }
}
