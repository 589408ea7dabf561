/** One class per workflow, to be read from top to bottom, and the few steps that they share. */
@org.jspecify.annotations.NullMarked
package mos.bootstrap.workflow;
