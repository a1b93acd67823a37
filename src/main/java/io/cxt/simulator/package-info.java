/**
 * The stand-in CXone: a real HTTP server that serves the {@code conversations} contract, counts, and plays faults.
 *
 * <p>For {@code cxt simulate}, {@code cxt demo} and the tests. Nothing here knows Camel or how CXT sends.
 */
package io.cxt.simulator;
