package mos.distribution;

import java.io.ByteArrayInputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Raises the class files of a library to the oldest version that an AOT cache takes. Picocli is
 * compiled for Java 5, and its classes would be parsed and verified anew in every run.
 */
final class ClassFileVersion {

  private static final int MAJOR_OFFSET = 6;

  private final Map<String, byte[]> entries;
  private final ClassFile classFile;

  /**
   * Prepares for the classes of one library.
   *
   * @param entries the content of its jar, for the class hierarchy that stack maps need
   */
  ClassFileVersion(Map<String, byte[]> entries) {
    this.entries = entries;
    classFile =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(this::open)
                    .orElse(ClassHierarchyResolver.defaultResolver())
                    .orElse(ClassFileVersion::unknown)));
  }

  /**
   * The class in version 52 (Java 8) if it is older, with the stack maps that this version must
   * have.
   */
  byte[] raised(byte[] content) {
    int major = (content[MAJOR_OFFSET] & 0xff) << Byte.SIZE | (content[MAJOR_OFFSET + 1] & 0xff);
    if (major >= ClassFile.JAVA_8_VERSION) {
      return content;
    }
    ClassModel model = classFile.parse(content);
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof java.lang.classfile.ClassFileVersion) {
            builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    // A lambda and not CodeTransform.ACCEPT_ALL, which would copy the code as it is, without stack
    // maps.
    return classFile.transformClass(
        model,
        version.andThen(
            ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element))));
  }

  private @Nullable ByteArrayInputStream open(ClassDesc type) {
    String descriptor = type.descriptorString();
    byte[] content = entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
    return content == null ? null : new ByteArrayInputStream(content);
  }

  /**
   * A class of an optional library that is not there: for the stack maps it is as good as an
   * interface.
   */
  private static ClassHierarchyInfo unknown(ClassDesc type) {
    return ClassHierarchyInfo.ofInterface();
  }
}
