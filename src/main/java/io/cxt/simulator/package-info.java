/**
 * The stand-in for CXone: a real HTTP server that serves the {@code conversations} contract, counts, and plays faults. What the
 * stand-in of another contract shares with it is public here.
 *
 * <p>For {@code cxt simulate}, {@code cxt demo} and the tests. It does not know Camel or how CXT sends. In the second jar,
 * which hosts do not need.
 */
@NullMarked
package io.cxt.simulator;

import org.jspecify.annotations.NullMarked;
