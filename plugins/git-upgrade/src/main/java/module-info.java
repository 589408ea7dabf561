/** Upgrade: the state of a system in {@code manifest.git}. */
module mos.plugin.gitupgrade {
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires org.eclipse.jgit;
}
