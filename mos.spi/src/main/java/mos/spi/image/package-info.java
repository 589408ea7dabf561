/** OCI images as records: descriptors, references, manifests. */
@org.jspecify.annotations.NullMarked
package mos.spi.image;
