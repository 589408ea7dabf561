package mos.distribution;

import static java.lang.classfile.ClassFile.ACC_MANDATED;
import static java.lang.classfile.ClassFile.ACC_STATIC_PHASE;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * The module descriptor of a library that comes without one, which {@code jlink} would refuse.
 *
 * @param module the name, the one that the library's manifest reserves
 * @param requires modules needed at run time
 * @param optional modules that only parts we do not use need; they stay out of the image
 */
record Descriptor(String module, List<String> requires, List<String> optional) {

  /** Every library on our module path that is an automatic module, by module name. */
  static final Map<String, Descriptor> MISSING =
      Map.of(
          // java.xml: repo manifests; java.sql: one time stamp conversion; jgss: HTTP
          // authentication; management: JMX beans.
          "org.eclipse.jgit",
          new Descriptor(
              "org.eclipse.jgit",
              List.of("com.googlecode.javaewah", "org.apache.commons.codec", "org.slf4j"),
              List.of("java.management", "java.security.jgss", "java.sql", "java.xml")),
          // jdk.net: what a socket tells about its peer, for asynchronous servers.
          "org.apache.httpcomponents.core5.httpcore5",
          new Descriptor(
              "org.apache.httpcomponents.core5.httpcore5", List.of(), List.of("jdk.net")),
          // java.desktop: handles of windows. The library's own modular edition requires it, which
          // costs 18 MB.
          "com.sun.jna",
          new Descriptor("com.sun.jna", List.of("java.logging"), List.of("java.desktop")));

  /**
   * The bytes of {@code module-info.class}.
   *
   * @param version the library's version
   * @param packages every package of the library; all are exported, as they are from an automatic
   *     module
   */
  byte[] moduleInfo(String version, SortedSet<String> packages) {
    return ClassFile.of()
        .buildModule(
            ModuleAttribute.of(
                ModuleDesc.of(module),
                builder -> {
                  builder.moduleVersion(version);
                  builder.requires(ModuleDesc.of("java.base"), ACC_MANDATED, null);
                  requires.forEach(name -> builder.requires(ModuleDesc.of(name), 0, null));
                  optional.forEach(
                      name -> builder.requires(ModuleDesc.of(name), ACC_STATIC_PHASE, null));
                  packages.forEach(name -> builder.exports(PackageDesc.of(name), 0));
                }));
  }
}
