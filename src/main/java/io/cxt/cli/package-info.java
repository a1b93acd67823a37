/**
 * The command {@code cxt}: one class for each verb.
 *
 * <p>Data goes to stdout, messages to stderr. {@link io.cxt.cli.Exit} lists the exit codes. In the second jar, which hosts
 * do not need.
 */
@NullMarked
package io.cxt.cli;

import org.jspecify.annotations.NullMarked;
