package mos.plugin.gitupgrade;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The command line of a program of these tests in a process of its own. */
final class ChildJava {
  private ChildJava() {}

  static List<String> command(Class<?> program, String... arguments) {
    Set<String> path = new LinkedHashSet<>();
    path.add(Path.of("target", "classes").toString());
    path.add(Path.of("target", "test-classes").toString());
    for (String property : List.of("jdk.module.path", "java.class.path")) {
      path.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator, -1)));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-UsePerfData");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djna.nosys=true");
    command.add("-cp");
    command.add(String.join(File.pathSeparator, path));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
