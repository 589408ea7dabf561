package mos.distribution;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of docs/architecture.md about who may know whom. */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter().importLocations(OurModules.locations());

  /** What each plugin may require beside mos.spi, mos.formats, mos.linux and the JDK. */
  private static final Set<String> PLUGIN_LIBRARIES =
      Set.of(
          "com.fasterxml.jackson.core",
          "com.fasterxml.jackson.databind",
          "com.fasterxml.jackson.dataformat.toml",
          "org.apache.httpcomponents.core5.httpcore5",
          "org.bouncycastle.pkix",
          "org.bouncycastle.provider",
          "org.bouncycastle.util",
          "org.eclipse.jgit",
          "org.jspecify",
          "org.slf4j");

  @Test
  void everyModuleIsLookedAt() {
    Set<String> names =
        OurModules.descriptors().stream().map(ModuleDescriptor::name).collect(Collectors.toSet());
    assertTrue(
        names.containsAll(Set.of("mos.spi", "mos.formats", "mos.linux", "mos.bootstrap")),
        names::toString);
    assertTrue(names.stream().filter(name -> name.startsWith("mos.plugin.")).count() >= 6);
  }

  @Test
  void pluginsNeverKnowEachOther() {
    slices()
        .matching("mos.plugin.(*)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void pluginsKnowOfOursOnlyTheWordsTheFormatsAndTheSystemCalls() {
    noClasses()
        .that()
        .resideInAPackage("mos.plugin..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("mos..")
                .and(
                    not(
                        resideInAnyPackage(
                            "mos.spi..", "mos.formats..", "mos.linux..", "mos.plugin.."))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void pluginsRequireNothingButTheirOwnLibrary() {
    List<String> wrong = new ArrayList<>();
    for (ModuleDescriptor module : OurModules.plugins()) {
      for (Requires requires : module.requires()) {
        String name = requires.name();
        boolean jdk = name.startsWith("java.") || name.startsWith("jdk.");
        boolean ours = Set.of("mos.spi", "mos.formats", "mos.linux").contains(name);
        if (!jdk && !ours && !PLUGIN_LIBRARIES.contains(name)) {
          wrong.add(module.name() + " requires " + name);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void pluginsExportAndOpenNothing() {
    for (ModuleDescriptor module : OurModules.plugins()) {
      assertEquals(Set.of(), module.exports(), module.name());
      assertEquals(Set.of(), module.opens(), module.name());
      assertFalse(module.isOpen(), module.name());
    }
  }

  @Test
  void thePackageOfAPluginIsNamedLikeItsModule() {
    for (ModuleDescriptor module : OurModules.plugins()) {
      assertTrue(Set.of(module.name()).containsAll(module.packages()), module::toString);
    }
  }

  @Test
  void packagesOfAModuleAreNamedLikeIt() {
    for (ModuleDescriptor module : OurModules.descriptors()) {
      Set<String> wrong = new TreeSet<>();
      for (String name : module.packages()) {
        if (!name.equals(module.name()) && !name.startsWith(module.name() + ".")) {
          wrong.add(name);
        }
      }
      assertEquals(Set.of(), wrong, module.name());
    }
  }

  @Test
  void theWordsNeedTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("mos.spi..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "mos.spi..", "org.jspecify..")
        .check(CLASSES);
  }

  @ParameterizedTest(name = "{0} knows only {1}")
  @CsvSource({
    "mos.spi, ''",
    "mos.spi.model, mos.spi",
    "mos.spi.image, mos.spi mos.spi.model",
    "mos.spi.event, mos.spi mos.spi.model mos.spi.image",
    "mos.spi.verify, mos.spi mos.spi.model mos.spi.image",
    "mos.spi.sign, mos.spi mos.spi.model",
    "mos.spi.store, mos.spi mos.spi.model mos.spi.image mos.spi.event mos.spi.verify",
    "mos.spi.mount, mos.spi mos.spi.model mos.spi.image mos.spi.event mos.spi.verify",
    "mos.spi.upgrade, mos.spi mos.spi.model mos.spi.image mos.spi.event mos.spi.verify",
    "mos.spi.unlock, mos.spi mos.spi.model",
    "mos.spi.disk, mos.spi mos.spi.model mos.spi.event",
    // A bootkit is signed by a keyset's keys.
    "mos.spi.boot, mos.spi mos.spi.model mos.spi.event mos.spi.sign",
    // To activate a service is to mount its image.
    "mos.spi.activate, mos.spi mos.spi.model mos.spi.image mos.spi.event mos.spi.verify mos.spi.mount",
  })
  void roomsOfTheWordsKnowOnlyTheNamedOnes(String room, String known) {
    List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify..", room));
    for (String name : known.split(" ", -1)) {
      if (!name.isEmpty()) {
        allowed.add(name);
      }
    }
    classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void everyRoomOfTheWordsHasARule() {
    ModuleDescriptor words = OurModules.descriptor("mos.spi");
    assertEquals(
        Set.of(
            "mos.spi",
            "mos.spi.activate",
            "mos.spi.boot",
            "mos.spi.disk",
            "mos.spi.event",
            "mos.spi.image",
            "mos.spi.model",
            "mos.spi.mount",
            "mos.spi.sign",
            "mos.spi.store",
            "mos.spi.unlock",
            "mos.spi.upgrade",
            "mos.spi.verify"),
        words.packages());
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("mos.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void workflowsDoNotKnowTheCommandLine() {
    noClasses()
        .that()
        .resideInAnyPackage("mos.bootstrap.workflow..", "mos.bootstrap.report..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "mos.bootstrap.command..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void systemCallsAreMadeInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackage("mos.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.jna..")
        .check(CLASSES);
  }

  @Test
  void programsAreRunInOneWay() {
    noClasses()
        .that()
        .resideOutsideOfPackage("mos.linux..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(CLASSES);
  }
}
