/**
 * Phase upgrade: the state of a system in {@code manifest.git}, and what an update makes of it.
 *
 * @provides mos.spi.upgrade.SystemStateProvider
 * @provides mos.spi.upgrade.Upgrader
 */
module mos.plugin.gitupgrade {
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires org.eclipse.jgit;

  provides mos.spi.upgrade.SystemStateProvider with
      mos.plugin.gitupgrade.GitStateProvider;
  provides mos.spi.upgrade.Upgrader with
      mos.plugin.gitupgrade.ManifestUpgrader;
}
