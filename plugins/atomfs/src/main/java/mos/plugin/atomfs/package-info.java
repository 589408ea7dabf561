/** Mount: squashfs and erofs layers under dm-verity, joined by overlay. */
@org.jspecify.annotations.NullMarked
package mos.plugin.atomfs;
