package mos.bootstrap.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The commands of both programs by their names; a name of two words is a group and a command. Made
 * only when called.
 */
public final class Commands {
  private Commands() {}

  /** The commands of mosctl. */
  public static Map<String, Supplier<Command>> mosctl() {
    Map<String, Supplier<Command>> commands = new LinkedHashMap<>();
    commands.put("install", InstallCommand::new);
    commands.put("create-boot-fs", CreateBootFsCommand::new);
    commands.put("mount", MountCommand::new);
    commands.put("umount", UmountCommand::new);
    commands.put("update", UpdateCommand::new);
    commands.put("activate", ActivateCommand::new);
    commands.put("boot", BootCommand::new);
    commands.put("initrd", InitrdCommand::new);
    commands.put("provision", ProvisionCommand::new);
    commands.put("status", StatusCommand::status);
    commands.put("verify", StatusCommand::verify);
    return commands;
  }

  /** The commands of mosb. */
  public static Map<String, Supplier<Command>> mosb() {
    Map<String, Supplier<Command>> commands = new LinkedHashMap<>();
    commands.put("keyset add", KeysetCommands::addKeyset);
    commands.put("keyset list", KeysetCommands::listKeysets);
    commands.put("keyset show", KeysetCommands::showKeyset);
    commands.put("project add", KeysetCommands::addProject);
    commands.put("project list", KeysetCommands::listProjects);
    commands.put("sudi add", KeysetCommands::addSudi);
    commands.put("sudi list", KeysetCommands::listSudis);
    commands.put("image build", ImageBuildCommand::new);
    commands.put("bootkit build", BootkitCommand::new);
    commands.put("media build", MediaCommand::new);
    commands.put("firmware keys", FirmwareCommand::new);
    commands.put("manifest check", ManifestCommands::check);
    commands.put("manifest publish", ManifestCommands::publish);
    return commands;
  }
}
