/**
 * The command {@code cxt}: one class a verb.
 *
 * <p>Data goes to stdout, talk to stderr. Exit codes are in {@link io.cxt.cli.Exit}.
 */
package io.cxt.cli;
