/**
 * The stand-in for the {@code cxone-digital} contract: one message in each call. Where the published contract is silent, a
 * switch says what happens.
 */
@NullMarked
package io.cxt.simulator.digital;

import org.jspecify.annotations.NullMarked;
