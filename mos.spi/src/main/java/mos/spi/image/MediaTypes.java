package mos.spi.image;

/** Media types of OCI image specification 1.1 and of the artifacts that mos publishes. */
public final class MediaTypes {
  /** An OCI image index. */
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";

  /** An OCI image manifest. */
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** An OCI image configuration. */
  public static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  /** The empty JSON object that artifacts have for a configuration. */
  public static final String EMPTY = "application/vnd.oci.empty.v1+json";

  /** A tar layer; also what certificates and signatures of install manifests are wrapped in. */
  public static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  /** Artifact type of an install manifest. */
  public static final String INSTALL = "application/vnd.machine.install";

  /** Artifact type of the certificate of an install manifest. */
  public static final String CERTIFICATE = "application/vnd.machine.pubkeycrt";

  /** Artifact type of the signature of an install manifest. */
  public static final String SIGNATURE = "application/vnd.machine.signature";

  /** Beginning of the media types of squashfs layers. */
  public static final String SQUASHFS_LAYER = "application/vnd.stacker.image.layer.squashfs";

  /** Beginning of the media types of erofs layers. */
  public static final String EROFS_LAYER = "application/vnd.stacker.image.layer.erofs";

  /** Annotation of a layer that holds its dm-verity root hash. */
  public static final String ROOT_HASH = "io.stackeroci.stacker.atomfs_verity_root_hash";

  /** The same in older images, squashfs only. */
  public static final String OLD_ROOT_HASH = "io.stackeroci.stacker.squashfs_verity_root_hash";

  /** Annotation of a manifest in an OCI layout's index: its tag. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** Annotation of a layer: the name of the file in it. */
  public static final String TITLE = "org.opencontainers.image.title";

  private MediaTypes() {}
}
