package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Repository;
import mos.spi.image.RepositoryBase;
import mos.spi.model.ServiceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the catalog says when a plugin is missing, or there are two for one thing. */
class PluginCatalogTest {
  private static final PluginCatalog NONE = new PluginCatalog(ModuleLayer.boot());

  record Absent(String phase, String plugin, Executable wanted) {}

  static Stream<Absent> phases() {
    return Stream.of(
        new Absent("store", "zot-layout", NONE::store),
        new Absent("verify", "x509-verify", NONE::verifiers),
        new Absent("mount", "atomfs", NONE::mounters),
        new Absent("activate", "systemd-activate", NONE::requireActivation),
        new Absent("activate", "systemd-activate", () -> NONE.activator(ServiceType.CONTAINER)),
        new Absent("upgrade", "git-upgrade", NONE::states),
        new Absent("upgrade", "git-upgrade", NONE::upgrader),
        new Absent("sign", "keyset", NONE::keysets));
  }

  @ParameterizedTest
  @MethodSource("phases")
  void missingPluginIsNamedWithItsPhase(Absent absent) {
    MosException e = assertThrows(MosException.class, absent.wanted());
    assertEquals(ErrorCode.MISSING, e.code());
    assertTrue(e.getMessage().contains("'" + absent.plugin() + "'"), e.getMessage());
    assertTrue(e.getMessage().contains(absent.phase()), e.getMessage());
  }

  @Test
  void missingTransportNamesTheRepository() {
    Repository repository = RepositoryBase.parse("oci:/srv/zot").repository("machine/acme");
    MosException e = assertThrows(MosException.class, () -> NONE.transport(repository));
    assertEquals(ErrorCode.MISSING, e.code());
    assertTrue(e.getMessage().contains("/srv/zot"), e.getMessage());
  }

  @Test
  void ownServiceTypesAreKnownWithoutPlugins() {
    assertEquals(
        Set.of(ServiceType.HOSTFS, ServiceType.CONTAINER, ServiceType.FS_ONLY), NONE.knownTypes());
  }

  @Test
  void twoKeysetProvidersAreAnErrorThatNamesBothModules(@TempDir Path directory)
      throws IOException {
    Path modules = directory.resolve("modules");
    plugin(directory, modules, "first.plugin");
    plugin(directory, modules, "second.plugin");
    ModuleFinder finder =
        ModuleFinder.of(modules.resolve("first.plugin"), modules.resolve("second.plugin"));
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolve(finder, ModuleFinder.of(), List.of("first.plugin", "second.plugin"));
    ModuleLayer layer =
        ModuleLayer.boot()
            .defineModulesWithManyLoaders(configuration, PluginCatalog.class.getClassLoader());
    MosException e = assertThrows(MosException.class, new PluginCatalog(layer)::keysets);
    assertTrue(e.getMessage().contains("phase sign"), e.getMessage());
    assertTrue(e.getMessage().contains("module first.plugin"), e.getMessage());
    assertTrue(e.getMessage().contains("module second.plugin"), e.getMessage());
  }

  /** Compiles a plugin whose keyset provider nothing calls. */
  private static void plugin(Path directory, Path modules, String name) throws IOException {
    Path source = directory.resolve("src-" + name);
    Path code = source.resolve(name.replace('.', '/')).resolve("Mine.java");
    Files.createDirectories(code.getParent());
    Path module =
        Files.writeString(
            source.resolve("module-info.java"),
            """
            module NAME {
              requires mos.spi;
              provides mos.spi.sign.KeysetProvider with NAME.Mine;
            }
            """
                .replace("NAME", name));
    Files.writeString(
        code,
        """
        package NAME;
        public class Mine implements mos.spi.sign.KeysetProvider {
          public mos.spi.sign.Keysets open(java.nio.file.Path directory) {
            return null;
          }
          public mos.spi.sign.ManifestSigner signer(
              java.nio.file.Path key, java.nio.file.Path certificate, String product) {
            return null;
          }
        }
        """
            .replace("NAME", name));
    StringWriter said = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(said),
                new PrintWriter(said),
                "-d",
                modules.resolve(name).toString(),
                "--module-path",
                System.getProperty("jdk.module.path"),
                module.toString(),
                code.toString());
    assertEquals(0, status, said::toString);
  }
}
