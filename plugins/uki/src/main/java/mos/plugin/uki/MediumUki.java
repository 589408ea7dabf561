package mos.plugin.uki;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.plugin.uki.UnifiedKernel.Given;
import mos.plugin.uki.UnifiedKernel.Part;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.model.Bytes;
import mos.spi.sign.SigningKey;

/** UKIs of a bootkit for media. It takes no more than the bootkit: no root directory, no tools. */
final class MediumUki {
  private MediumUki() {}

  /** See {@link mos.spi.boot.BootkitBuilder#rework}. */
  static void make(
      Path bootkit,
      List<String> commandLine,
      Map<String, Bytes> files,
      boolean withTools,
      SigningKey key,
      Path output) {
    Bytes line = Bytes.utf8(CommandLine.of(commandLine));
    Bytes archive = Bytes.copyOf(CpioArchive.of(files));
    SigningIdentity signer = SigningIdentity.read(key);
    Path uki = bootkit.resolve(Bootkit.UKI);
    Path tools = bootkit.resolve(Bootkit.TOOLS);
    try (FileChannel base = FileChannel.open(uki, READ)) {
      UnifiedKernel kernel = UnifiedKernel.read(base);
      List<Part> initrd = new ArrayList<>();
      append(initrd, kernel.section(UnifiedKernel.INITRD));
      if (withTools) {
        append(initrd, new Given(Bytes.copyOf(Files.readAllBytes(tools))));
      }
      if (!files.isEmpty()) {
        append(initrd, new Given(archive));
      }
      kernel.write(
          Map.of(
              UnifiedKernel.COMMAND_LINE, List.of(new Given(line)), UnifiedKernel.INITRD, initrd),
          output);
      Authenticode.sign(output, signer);
    } catch (NoSuchFileException e) {
      throw MosException.invalid("bootkit: has no " + bootkit.relativize(Path.of(e.getFile())));
    } catch (IOException e) {
      throw MosException.io("cannot make " + output, e);
    }
  }

  /** The kernel looks for the next archive at a multiple of four, behind zeros. */
  private static void append(List<Part> initrd, Part part) {
    initrd.add(part);
    int padding = (int) (-part.size() & 3);
    if (padding > 0) {
      initrd.add(new Given(Bytes.copyOf(new byte[padding])));
    }
  }
}
