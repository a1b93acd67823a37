/**
 * A transcript that another route hands over: {@code pickup-body} and {@code inject-transcript}.
 */
package io.cxt.pickup.body;
