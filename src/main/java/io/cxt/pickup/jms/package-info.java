/**
 * The queue, as a way in and as a way out: {@code pickup-jms} and {@code enqueue-transcript}.
 */
package io.cxt.pickup.jms;
