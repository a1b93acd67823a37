/**
 * How CXT tells that it is well: metrics and alarms.
 *
 * <p>Plain Micrometer. What Camel wants to know as health checks is handed on by {@code steps}.
 */
package io.cxt.ops;
