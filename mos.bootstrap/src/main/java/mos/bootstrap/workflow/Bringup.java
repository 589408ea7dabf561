package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import mos.linux.EfiVariables;
import mos.linux.FileDescriptor;
import mos.linux.Keyring;
import mos.linux.LinuxException;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.boot.Bootkit;
import mos.spi.disk.PartitionRole;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.HostDirectories;
import mos.spi.mount.MountedImage;
import mos.spi.store.TransportOptions;
import mos.spi.unlock.UnsealedKeys;

/**
 * {@code mosctl initrd}: what a signed UKI does between the kernel and the root file system. One
 * process for all of it, so that no secret passes from one program to another.
 */
public final class Bringup {
  /** What a running machine trusts and is, on a tmpfs; the hostfs has an empty directory there. */
  private static final String SECURE = "factory/secure";

  private static final Path ROOT = Path.of("/");

  private final PluginCatalog plugins;
  private final Path authority;
  private final TransportOptions options;
  private final EventSink events;
  private final Steps steps;

  /**
   * @param authority the manifest CA's certificate, in the initrd
   */
  public Bringup(PluginCatalog plugins, Path authority, TransportOptions options) {
    this.plugins = plugins;
    this.authority = authority;
    this.options = options;
    this.events = options.events();
    this.steps = new Steps(events);
  }

  /**
   * What is to happen next.
   *
   * @param detail one line for a person
   * @param root what is mounted as root; empty when the machine is to be switched off
   */
  public record Outcome(String detail, Optional<MountedImage> root) {}

  /** Does what the kernel's arguments ask for; the root file system comes to {@code sysroot}. */
  public Outcome run(KernelCommandLine arguments, Path sysroot) {
    BootMode mode = BootMode.of(arguments);
    if (mode instanceof BootMode.Installed) {
      return boot(arguments, sysroot);
    }
    if (mode instanceof BootMode.Live live) {
      return live(live, sysroot);
    }
    if (mode instanceof BootMode.Install install) {
      return install(install);
    }
    return provision((BootMode.Provision) mode);
  }

  /** Unseal and lock, unlock, mount, verify, mount hostfs: in that order. */
  private Outcome boot(KernelCommandLine arguments, Path sysroot) {
    try (UndoLog undo = new UndoLog()) {
      HostDirectories directories;
      try (UnsealedKeys keys = unseal(undo)) {
        Volumes volumes = new Volumes(plugins);
        directories =
            steps.run(
                "unlock volumes",
                () -> volumes.open(volumes.theDisk(), keys.luksKey(), ROOT, undo));
      }
      Host host = new Host(directories, authority);
      MountTarget mount = new MountTarget(plugins, host, events);
      MountedImage root = mount.bootedBy(arguments.value(Bootkit.ID_ARGUMENT), sysroot);
      undo.push("unmount " + sysroot, () -> mount.unmount(sysroot));
      moveInto(sysroot, Volumes.place(PartitionRole.CONFIG), "config");
      moveInto(sysroot, Volumes.place(PartitionRole.STORE), "atomfs-cache");
      moveInto(sysroot, Volumes.place(PartitionRole.SCRATCH), "scratch-writes");
      moveInto(sysroot, ROOT.resolve(SECURE), SECURE);
      undo.disarm();
      return new Outcome("root is image " + root.image(), Optional.of(root));
    }
  }

  /** The keys of this machine, with everything done that makes them this boot's alone. */
  private UnsealedKeys unseal(UndoLog undo) {
    UnsealedKeys keys =
        steps.run(
            "unseal keys",
            () ->
                new MachineKeys(plugins, events)
                    .unsealOnce(MachineKeys.policies(MachineKeys.POLICIES)));
    try {
      secure(Optional.of(keys), undo);
      Keyring.addLogon("mos:luks", keys.luksKey());
      return keys;
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  /** A tmpfs with what the running machine is to know: whom it trusts and who it is. */
  private void secure(Optional<UnsealedKeys> keys, UndoLog undo) {
    Path secure = ROOT.resolve(SECURE);
    try {
      Files.createDirectories(secure);
      try (Mount.Context tmpfs = Mount.open("tmpfs");
          FileDescriptor mount = tmpfs.set("mode", "0755").set("size", "1m").mount(false)) {
        Mount.attach(mount, secure);
      }
      undo.push("unmount " + secure, () -> Mount.detach(secure));
      Files.copy(authority, secure.resolve("manifestCA.pem"), StandardCopyOption.REPLACE_EXISTING);
      if (keys.isPresent()) {
        Files.write(secure.resolve("server.crt"), keys.get().sudiCertificate().toArray());
        Path key = secure.resolve("server.key");
        Files.createFile(
            key,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        keys.get().sudiKey().use(content -> write(key, content));
      }
    } catch (IOException e) {
      throw MosException.io("cannot prepare " + secure, e);
    }
  }

  private static Path write(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw MosException.io("cannot write " + file, e);
    }
  }

  /** Moves a mount to where the running machine looks for it. */
  private static void moveInto(Path sysroot, Path mounted, String place) {
    Mount.move(mounted, directory(sysroot, place));
  }

  /**
   * A directory of the root file system, made where the image lacks it.
   *
   * @throws MosException RESOURCE, by what is wrong: that it cannot be read is the store's or the
   *     disk's fault, that it is missing the image's
   */
  static Path directory(Path sysroot, String place) {
    Path directory = sysroot.resolve(place);
    try (FileDescriptor _ = FileDescriptor.directory(directory)) {
      return directory;
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.EIO) {
        throw new MosException(
            ErrorCode.RESOURCE,
            "the root file system cannot be read at /"
                + place
                + ": Input/output error: a block of its image is not what the root hash says, or"
                + " the disk is failing (the kernel's log has which); install again",
            e);
      }
    }
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw MosException.io(
          "the root file system has no directory /"
              + place
              + " and it cannot be made; let the image of hostfs have it",
          e);
    }
  }

  private Outcome live(BootMode.Live live, Path sysroot) {
    try (UndoLog undo = new UndoLog()) {
      lockKeys();
      secure(Optional.empty(), undo);
      Host host =
          new Host(
              new HostDirectories(
                  ROOT,
                  ROOT.resolve("config"),
                  ROOT.resolve("atomfs-cache"),
                  ROOT.resolve("scratch-writes")),
              authority);
      MountTarget mount = new MountTarget(plugins, host, events);
      MountedImage root;
      if (live.local()) {
        Medium.mount(plugins, undo);
        root =
            mount.live(
                live.url(), options, BootMode.MEDIUM.resolve(BootMode.MEDIUM_IMAGES), sysroot);
      } else {
        root = mount.remote(live.url(), "livecd", Optional.of(sysroot), false, options);
      }
      moveInto(sysroot, ROOT.resolve(SECURE), SECURE);
      undo.disarm();
      return new Outcome("root is image " + root.image() + ", in memory", Optional.of(root));
    }
  }

  /** A live system needs no key of the machine, and none is to be had in it either. */
  private void lockKeys() {
    if (!Files.exists(Path.of("/dev/tpmrm0"))) {
      events.accept(new Event.Note("no TPM: nothing was sealed on this machine"));
      return;
    }
    try (var vault = plugins.keyVault().open()) {
      vault.lockUntilReset();
    }
  }

  private Outcome install(BootMode.Install install) {
    try (UndoLog undo = new UndoLog();
        UnsealedKeys keys = unseal(undo)) {
      if (install.local()) {
        Medium.mount(plugins, undo);
      }
      DiskInstallation.Installed installed =
          new DiskInstallation(plugins, authority, options)
              .run(
                  install.url(), install.disk(), sizes -> sizes, install.allowed(), keys.luksKey());
      return new Outcome(
          "installed on " + install.disk() + ": " + String.join(", ", installed.targets()),
          Optional.empty());
    }
  }

  private Outcome provision(BootMode.Provision mode) {
    try (UndoLog undo = new UndoLog()) {
      Path medium = Medium.mount(plugins, undo);
      new Provision(plugins, events)
          .run(
              medium.resolve("sudi"),
              MachineKeys.POLICIES,
              Provision.ADMIN_POLICIES,
              mode.force(),
              mode.insecure());
      return new Outcome("provisioned", Optional.empty());
    }
  }

  /** Whether firmware verifies what it starts; false also where there is no such firmware. */
  static boolean isSecureBoot() {
    return EfiVariables.here().isSecureBoot();
  }
}
