/**
 * What others wrote, made fit for logs, file names, terminals and JSON.
 *
 * <p>Uses nothing but the JDK and Jackson.
 */
@NullMarked
package io.cxt.text;

import org.jspecify.annotations.NullMarked;
