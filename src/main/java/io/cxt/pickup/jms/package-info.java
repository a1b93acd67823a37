/**
 * The queue, as a pickup and as a way out: {@code pickup-jms} and {@code enqueue-transcript}.
 */
@NullMarked
package io.cxt.pickup.jms;

import org.jspecify.annotations.NullMarked;
