/** The state of a system in {@code manifest.git}, and what an update makes of it. */
@org.jspecify.annotations.NullMarked
package mos.plugin.gitupgrade;
