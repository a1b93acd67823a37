/**
 * A file that another route hands over as a name and a stream: {@code pickup-stream} and {@code inject-source}.
 */
@NullMarked
package io.cxt.pickup.stream;

import org.jspecify.annotations.NullMarked;
