package mos.testkit.vm;

/** How a machine came to its end. */
public enum MachineEnd {
  /** It powered itself down. */
  POWERED_DOWN,
  /** It reset itself; the next boot is another {@link VirtualMachine}. */
  RESET,
  /** The test took its power away. */
  POWER_CUT
}
