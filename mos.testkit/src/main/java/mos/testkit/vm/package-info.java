/**
 * Machines under QEMU's software emulation: firmware with secure boot, a TPM, disks, a console to
 * read and type at, and a plug to pull. Every wait is bounded, nothing outlives the test's JVM, and
 * what a failed test leaves is kept for a look ({@link mos.testkit.vm.MachineRoom}).
 *
 * <p>They need Debian's {@code qemu-system-x86}, {@code ovmf}, {@code swtpm}, {@code swtpm-tools}
 * and {@code qemu-utils}, and what {@code distribution/vm/prepare} makes ({@link
 * mos.testkit.vm.GuestMaterial}).
 */
@org.jspecify.annotations.NullMarked
package mos.testkit.vm;
