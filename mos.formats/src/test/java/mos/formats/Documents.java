package mos.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.function.Executable;

/** Valid documents that tests spoil at one place. */
final class Documents {
  static final String HEX = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  static final String DIGEST = "sha256:" + HEX;

  /** An install manifest with everything, as the original writes it. */
  static final String INSTALL =
      """
      {"version":1,"product":"0b8a3b5e-0000-4000-8000-00000000000a",\
      "storage":[{"label":"data","persistent":true,"nsgroup":"web","size":512}],\
      "targets":[{"service_name":"hostfs","version":"1.0","service_type":"hostfs",\
      "network":{"type":"host","ipv4":"","ipv6":"","ports":[]},"nsgroup":"",\
      "digest":"%1$s","storage":[],"size":500},\
      {"service_name":"web","version":"2.1","service_type":"container",\
      "network":{"type":"simple","ipv4":"10.0.3.7/24","ipv6":"fd00::7",\
      "ports":[{"host":443,"container":8443}]},"nsgroup":"web",\
      "digest":"%1$s","storage":[{"dest":"/var/lib/web","label":"data"}],"size":501}],\
      "update_type":"complete"}"""
          .formatted(DIGEST);

  /** A user manifest with everything. */
  static final String USER =
      """
      version: 1
      product: default
      update_type: complete
      storage:
        - label: data
          persistent: true
          nsgroup: web
          size: 30G
      targets:
        - service_name: hostfs
          service_type: hostfs
          version: 1.0.0
          source: oci:/srv/images/hostfs:1.0.0
        - service_name: web
          service_type: container
          version: 2.3.1
          source: docker://registry.example.com/web:2.3.1
          digest: %s
          size: 500
          nsgroup: web
          network:
            type: simple
            ipv4: 10.0.3.7/24
            ports:
              - host: 443
                container: 8443
          storage:
            - label: data
              dest: /var/lib/web
      """
          .formatted(DIGEST);

  /** A system manifest with everything. */
  static final String SYSTEM =
      """
      {"uidmaps":[{"idmap-name":"web","hostid":100000}],\
      "targets":[{"name":"hostfs","source":"%1$s.yaml"}],\
      "storage":[{"label":"data","persistent":true,"nsgroup":"web","size":512}]}"""
          .formatted(HEX);

  /** An OCI image manifest with everything. */
  static final String IMAGE =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "artifactType":"application/x.test",\
      "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%1$s","size":2},\
      "layers":[{"mediaType":"application/x.layer","digest":"%1$s","size":4096,\
      "annotations":{"a":"1","b":"2"}}],\
      "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "digest":"%1$s","size":300},\
      "annotations":{"c":"3"}}"""
          .formatted(DIGEST);

  /** An OCI image index with everything. */
  static final String INDEX =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",\
      "manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "digest":"%1$s","size":300,"artifactType":"application/x.test",\
      "annotations":{"org.opencontainers.image.ref.name":"1.0"},\
      "platform":{"architecture":"arm64","os":"linux","variant":"v8"}}],\
      "annotations":{"c":"3"}}"""
          .formatted(DIGEST);

  private Documents() {}

  /** {@code document} with the first {@code part} replaced, which must be there. */
  static Bytes with(String document, String part, String replacement) {
    int at = document.indexOf(part);
    assertEquals(true, at >= 0, () -> "the document has no " + part);
    return Bytes.utf8(
        document.substring(0, at) + replacement + document.substring(at + part.length()));
  }

  /** Checks that it is refused, at this field. */
  static InvalidFieldException refusedAt(String field, Executable what) {
    InvalidFieldException e = assertThrows(InvalidFieldException.class, what);
    assertEquals(field, e.field(), e.getMessage());
    return e;
  }
}
