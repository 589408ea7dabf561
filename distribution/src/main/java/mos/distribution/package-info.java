/**
 * Links the images: gives every library a module descriptor, calls {@code jlink} with an explicit
 * list of modules and adds the launchers. A build program; nothing of it reaches an image.
 */
@NullMarked
package mos.distribution;

import org.jspecify.annotations.NullMarked;
