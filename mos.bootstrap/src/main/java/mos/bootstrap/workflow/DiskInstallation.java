package mos.bootstrap.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.image.Descriptor;
import mos.spi.image.Reference;
import mos.spi.model.Digest;
import mos.spi.model.Target;
import mos.spi.store.BlobSource;
import mos.spi.store.TransportOptions;
import mos.spi.unlock.Secret;
import mos.spi.unlock.UnsealedKeys;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedManifest;

/**
 * {@code mosctl install --disk}: a machine on an empty disk. Everything that can be known before
 * the disk is touched is known then: the manifest, the images' manifests, and where the images are
 * at hand every byte of them.
 */
public final class DiskInstallation {
  private final PluginCatalog plugins;
  private final Host host;
  private final TransportOptions options;
  private final Steps steps;

  /**
   * An installation from the running system's runtime.
   *
   * @param authority the manifest CA's certificate
   */
  public DiskInstallation(PluginCatalog plugins, Path authority, TransportOptions options) {
    this(plugins, Path.of("/"), authority, options);
  }

  /**
   * @param root of the running system
   */
  DiskInstallation(PluginCatalog plugins, Path root, Path authority, TransportOptions options) {
    this.plugins = plugins;
    this.host = new Host(Volumes.directories(root), authority);
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /**
   * What was installed.
   *
   * @param revision the system's first revision
   * @param targets its targets
   */
  public record Installed(String revision, List<String> targets) {}

  /**
   * Fetch, verify, verify images, look at the disk; then partition, seal, install what was
   * verified, make bootable.
   *
   * @param sizes of the partitions, made of those that suit the disk
   * @param key of the volumes
   */
  public Installed run(
      Reference url,
      Path device,
      UnaryOperator<DiskSizes> sizes,
      Set<Disks.Permission> allowed,
      Secret key) {
    Disks disks = plugins.disks();
    Installation installation = new Installation(plugins, host, options);
    VerifiedManifest manifest = installation.accept(url);
    requireBootkit(manifest);
    verifyImages(url, manifest, host.gate(plugins));
    DiskSizes chosen = sizes.apply(disks.defaultSizes(device));
    disks.check(device, chosen, allowed);
    refuseSecondSystem(disks, device);
    Volumes volumes = new Volumes(plugins);
    try (UndoLog mounted = new UndoLog()) {
      MachineDisk disk =
          steps.run("partition " + device, () -> disks.partition(device, chosen, options.events()));
      Path esp = disk.partition(PartitionRole.ESP);
      disks.makeFileSystem(esp, PartitionRole.ESP, options.events());
      volumes.make(disk, key, steps, mounted);
      Installation.Installed installed = installation.run(url, manifest);
      steps.run(
          "make bootable", () -> new SystemPartition(plugins, host, options.events()).fill(esp));
      return new Installed(installed.revision(), installed.plan().added());
    }
  }

  /** The same with the key that this machine's TPM gives out to this boot. */
  public Installed unsealAndRun(
      Reference url, Path device, UnaryOperator<DiskSizes> sizes, Set<Disks.Permission> allowed) {
    try (UnsealedKeys keys =
        new MachineKeys(plugins, options.events())
            .unsealOnce(MachineKeys.policies(MachineKeys.POLICIES))) {
      return run(url, device, sizes, allowed, keys.luksKey());
    }
  }

  /** A machine with two systems boots neither: which one was meant would be a guess. */
  private static void refuseSecondSystem(Disks disks, Path device) {
    for (MachineDisk other : disks.find()) {
      if (!other.device().equals(device)) {
        throw new MosException(
            ErrorCode.USAGE,
            other.device()
                + ": carries a mos system, and a machine boots only where there is one; detach it, or"
                + " install onto it with --replace-system");
      }
    }
  }

  private static void requireBootkit(VerifiedManifest manifest) {
    if (manifest.manifest().target(InstalledBootkit.TARGET).isEmpty()) {
      throw MosException.invalid(
          manifest.origin()
              + ": targets: a machine that boots from a disk needs a target named '"
              + InstalledBootkit.TARGET
              + "'");
    }
  }

  private void verifyImages(Reference url, VerifiedManifest manifest, VerificationGate gate) {
    List<Target> targets = manifest.manifest().targets();
    steps.run(
        "verify images",
        () ->
            new ImportImages(plugins, options, gate)
                .look(url, manifest, targets, DiskInstallation::digest));
  }

  /** Reads what is at hand; what must come over a network is digested when it comes. */
  private static void digest(Descriptor blob, BlobSource source) {
    if (source.file().isEmpty()) {
      return;
    }
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[256 << 10];
    try (InputStream in = source.open(0)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + source.location(), e);
    }
    Digest found = Digest.finish(sha256.digest());
    if (!found.equals(blob.digest())) {
      throw MosException.refused(
          source.location() + ": has the digest " + found + ", not " + blob.digest());
    }
  }
}
