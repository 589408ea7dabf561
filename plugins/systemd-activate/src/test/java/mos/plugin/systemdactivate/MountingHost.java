package mos.plugin.systemdactivate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.spi.MosException;
import mos.testkit.TestHost;
import org.junit.jupiter.api.Assumptions;

/** A host that really mounts: each image is a tmpfs with its files. */
final class MountingHost extends TestHost {
  MountingHost(Path root) {
    super(root);
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
  }

  @Override
  protected void attach(Map<String, String> files, Path destination, boolean writable) {
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount = context.mount(false)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = mount.path().resolve(file.getKey());
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, file.getValue());
      }
      Mount.attach(mount, destination);
    } catch (IOException e) {
      throw MosException.io("cannot fill " + destination, e);
    }
  }

  @Override
  protected void detach(Path destination) {
    Mount.unmount(destination);
  }
}
