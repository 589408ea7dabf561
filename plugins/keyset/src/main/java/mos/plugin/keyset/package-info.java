/** Keysets as directories of PEM files; see {@link mos.plugin.keyset.FileKeysets}. */
@org.jspecify.annotations.NullMarked
package mos.plugin.keyset;
