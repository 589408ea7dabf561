/** The contracts of the services that third parties provide, as JUnit tests to extend. */
@org.jspecify.annotations.NullMarked
package mos.testkit;
