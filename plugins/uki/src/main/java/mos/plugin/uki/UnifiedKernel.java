package mos.plugin.uki;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.plugin.uki.PortableExecutable.Extent;
import mos.plugin.uki.PortableExecutable.Section;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/**
 * A unified kernel image (UAPI group specification): an executable for UEFI whose sections are a
 * kernel, an initrd and what they need. A copy of one can have other sections; it is never held in
 * memory.
 */
final class UnifiedKernel {
  /** The section of the kernel's command line. */
  static final String COMMAND_LINE = ".cmdline";

  /** The section of the initrd. */
  static final String INITRD = ".initrd";

  /** Sizes and places are numbers of 32 bits, and some readers take them as signed. */
  private static final long MAX_SIZE = 2L << 30;

  private final FileChannel channel;
  private final byte[] head;
  private final PortableExecutable executable;

  private UnifiedKernel(FileChannel channel, byte[] head, PortableExecutable executable) {
    this.channel = channel;
    this.head = head;
    this.executable = executable;
  }

  /** A part of a section's content. */
  sealed interface Part {
    /** In bytes. */
    long size();
  }

  /**
   * Bytes in memory.
   *
   * @param bytes they
   */
  record Given(Bytes bytes) implements Part {
    @Override
    public long size() {
      return bytes.size();
    }
  }

  /**
   * A part of an open file.
   *
   * @param channel the file
   * @param extent the part
   */
  record FromFile(FileChannel channel, Extent extent) implements Part {
    @Override
    public long size() {
      return extent.size();
    }
  }

  /**
   * Reads the headers of one.
   *
   * @param channel the file, which stays open
   * @throws MosException INVALID when it has no kernel, initrd and command line
   */
  static UnifiedKernel read(FileChannel channel) throws IOException {
    byte[] head = Authenticode.head(channel);
    PortableExecutable executable = PortableExecutable.parse(head, channel.size());
    for (String name : List.of(".linux", INITRD, COMMAND_LINE)) {
      if (executable.section(name).isEmpty()) {
        throw MosException.invalid("not a unified kernel image: has no section " + name);
      }
    }
    // What was signed for the old content would be wrong (PCR 11).
    if (executable.section(".pcrsig").isPresent()) {
      throw MosException.invalid(
          "a unified kernel image with signed measurements cannot be changed");
    }
    return new UnifiedKernel(channel, head, executable);
  }

  /** A section's content. */
  FromFile section(String name) {
    return new FromFile(
        channel,
        executable
            .section(name)
            .map(Section::content)
            .orElseThrow(() -> MosException.invalid("has no section " + name)));
  }

  /**
   * Writes a copy, without signatures.
   *
   * @param changed the new contents of some sections
   * @param target a file that does not exist
   */
  void write(Map<String, List<Part>> changed, Path target) {
    List<Section> sections = layOut(changed);
    try (FileChannel out = FileChannel.open(target, CREATE_NEW, READ, WRITE)) {
      Authenticode.write(out, 0, headers(sections));
      for (int i = 0; i < sections.size(); i++) {
        Section section = sections.get(i);
        List<Part> parts = changed.get(section.name());
        long at = section.raw().offset();
        if (parts == null) {
          copy(channel, executable.sections().get(i).raw(), out, at);
        } else {
          for (Part part : parts) {
            switch (part) {
              case Given(Bytes bytes) -> Authenticode.write(out, at, bytes.toArray());
              case FromFile(FileChannel from, Extent extent) -> copy(from, extent, out, at);
            }
            at += part.size();
          }
          long end = section.raw().end();
          Authenticode.write(out, at, new byte[(int) (end - at)]);
        }
      }
      Authenticode.sum(out, executable);
    } catch (IOException e) {
      throw MosException.io("cannot write " + target, e);
    }
  }

  /** Where the sections will lie: those from the first changed one on move, in file and memory. */
  private List<Section> layOut(Map<String, List<Part>> changed) {
    List<Section> sections = new ArrayList<>();
    long file = executable.headersSize();
    long memory = 0;
    boolean moves = false;
    for (Section section : executable.sections()) {
      List<Part> parts = changed.get(section.name());
      if (!moves && parts != null) {
        moves = true;
        // Content that is found by its section's name may move; code and what it refers to may not.
        if (executable.pointsBehind(head, section.virtualAddress())) {
          throw MosException.invalid(
              "a unified kernel image with code behind " + section.name() + " cannot be changed");
        }
      }
      long size = section.virtualSize();
      long raw = section.raw().size();
      if (parts != null) {
        size = parts.stream().mapToLong(Part::size).sum();
        raw = align(size, executable.fileAlignment());
      }
      long address =
          moves ? align(memory, executable.sectionAlignment()) : section.virtualAddress();
      sections.add(
          new Section(section.name(), section.header(), address, size, new Extent(file, raw)));
      file += raw;
      memory = address + size;
    }
    if (file > MAX_SIZE || memory > MAX_SIZE) {
      throw MosException.invalid("a unified kernel image of " + file + " bytes is too large");
    }
    return sections;
  }

  private byte[] headers(List<Section> sections) {
    ByteBuffer headers =
        ByteBuffer.allocate(executable.headersSize()).order(ByteOrder.LITTLE_ENDIAN);
    headers.put(0, head, 0, executable.headersSize());
    long grown = 0;
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      headers.putInt(section.header() + 8, (int) section.virtualSize());
      headers.putInt(section.header() + 12, (int) section.virtualAddress());
      headers.putInt(section.header() + 16, (int) section.raw().size());
      headers.putInt(section.header() + 20, (int) section.raw().offset());
      grown += section.raw().size() - executable.sections().get(i).raw().size();
    }
    Section last = sections.getLast();
    headers.putInt(
        executable.imageSize(),
        (int) align(last.virtualAddress() + last.virtualSize(), executable.sectionAlignment()));
    headers.putInt(executable.dataSize(), (int) (headers.getInt(executable.dataSize()) + grown));
    headers.putLong(executable.security(), 0);
    return headers.array();
  }

  private static void copy(FileChannel from, Extent extent, FileChannel to, long at)
      throws IOException {
    to.position(at);
    for (long done = 0; done < extent.size(); ) {
      long moved = from.transferTo(extent.offset() + done, extent.size() - done, to);
      if (moved <= 0) {
        throw new EOFException("it became shorter");
      }
      done += moved;
    }
  }

  private static long align(long value, int alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
