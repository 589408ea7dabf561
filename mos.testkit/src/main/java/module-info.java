/**
 * What plugins owe, as tests that their authors run. It is for tests only and never part of an
 * image.
 */
module mos.testkit {
  requires static java.net.http;
  requires jdk.httpserver;
  requires static org.jspecify;
  requires transitive mos.spi;
  requires transitive org.junit.jupiter.api;

  exports mos.testkit;
  exports mos.testkit.registry;
  exports mos.testkit.vm;

  opens mos.testkit to
      org.junit.platform.commons;

  uses mos.spi.activate.ServiceActivator;
}
