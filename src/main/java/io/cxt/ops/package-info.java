/**
 * How CXT shows its health: metrics, alarms and the server for them.
 *
 * <p>Plain Micrometer and Vert.x. {@code runtime} registers the health checks with Camel.
 */
@NullMarked
package io.cxt.ops;

import org.jspecify.annotations.NullMarked;
