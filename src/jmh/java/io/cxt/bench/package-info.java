/**
 * What single steps on the way of a transcript cost, in time and memory. Compiled and started by {@code src/bench/jmh}.
 */
package io.cxt.bench;
