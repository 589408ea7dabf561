/** OCI layouts as zot keeps them: one to read, one to add to, by several processes at once. */
@org.jspecify.annotations.NullMarked
package mos.plugin.zotlayout;
