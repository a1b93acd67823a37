/**
 * A transcript that another route hands over: {@code pickup-body} and {@code inject-transcript}.
 */
@NullMarked
package io.cxt.pickup.body;

import org.jspecify.annotations.NullMarked;
