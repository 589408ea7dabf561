package mos.plugin.disk;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/** The disks of this machine, by sysfs and by Debian's tools. */
public final class LinuxDisks implements Disks {
  private final BlockNodes nodes = BlockNodes.here();

  /** For the service loader. */
  public LinuxDisks() {}

  @Override
  public List<MachineDisk> find() {
    return new DiskFinder(nodes).find();
  }

  @Override
  public Optional<Path> findMedium(String name) {
    DiskFinder finder = new DiskFinder(nodes);
    return finder.named(name).or(() -> finder.disc(name));
  }

  @Override
  public void mountMedium(Path device, Path directory) {
    FileSystems.mountMedium(device, directory);
  }

  @Override
  public void check(Path device, DiskSizes sizes, Set<Permission> allowed) {
    new DiskCheck(nodes).check(device, sizes, allowed);
  }

  /** See {@link Sizes#byDefault}. */
  @Override
  public DiskSizes defaultSizes(Path device) {
    return Sizes.byDefault(nodes.of(device).size());
  }

  @Override
  public MachineDisk partition(Path device, DiskSizes sizes, EventSink events) {
    return new Partitioning(nodes).partition(device, sizes, events);
  }

  @Override
  public void makeFileSystem(Path device, PartitionRole role, EventSink events) {
    events.accept(new Event.Detail("making the file system of " + role.label()));
    FileSystems.make(device, role);
  }

  @Override
  public void mount(Path device, PartitionRole role, Path directory, boolean readOnly) {
    new FileSystems(nodes).mount(device, role, directory, readOnly);
  }

  @Override
  public void unmount(Path directory) {
    FileSystems.unmount(directory);
  }

  @Override
  public MachineDisk diskOf(Path directory) {
    return new DiskFinder(nodes).diskOf(directory);
  }
}
