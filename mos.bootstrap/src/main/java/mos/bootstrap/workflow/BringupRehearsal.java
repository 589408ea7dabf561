package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mos.formats.SealPoliciesFormat;
import mos.linux.ProcessUsage;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.Rehearsed;
import mos.spi.UndoLog;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.Secret;
import mos.spi.unlock.SignedSealPolicy;

/** {@link Bringup} up to where it wants a machine: its policies, and volumes that are not there. */
public final class BringupRehearsal implements Rehearsed {
  private static final int KEY = 32;

  private final PluginCatalog plugins;

  /** With the plugins of the image that practises. */
  public BringupRehearsal(PluginCatalog plugins) {
    this.plugins = plugins;
  }

  @Override
  public void rehearse(Path directory) throws IOException {
    var policy = new SealPolicy(Digest.of(new byte[0]), 1);
    var signed = new SignedSealPolicy(policy, Bytes.copyOf(new byte[1]));
    Path file = directory.resolve("policies.json");
    Files.write(
        file,
        SealPoliciesFormat.write(new SealPolicies(Bytes.copyOf(new byte[1]), 1, 0, List.of(signed)))
            .toArray());
    MachineKeys.policies(file);
    BootMode.of(KernelCommandLine.parse("root=soci:name=" + BootMode.INSTALLED));

    Map<PartitionRole, Path> missing = new EnumMap<>(PartitionRole.class);
    for (PartitionRole role : PartitionRole.values()) {
      missing.put(role, directory.resolve(role.label()));
    }
    try (UndoLog undo = new UndoLog();
        Secret key = Secret.takeOver(new byte[KEY])) {
      new Volumes(plugins).open(new MachineDisk(directory, missing), key, directory, undo);
    } catch (MosException e) {
      if (e.code() != ErrorCode.RESOURCE && e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
    }
    ProcessUsage.now();
  }
}
