/**
 * The benchmark: CXT as shipped beside the same work written by hand and beside the route that a tutorial shows.
 *
 * <p>Compiled and started by {@code src/bench/run}. Neither the jar nor the build knows of it. How to read what it
 * prints: docs/performance.md.
 */
package io.cxt.bench;
