/**
 * What is kept as files: what was sent, what was set aside and why, and a report for each source.
 *
 * <p>Nothing here knows Camel.
 */
@NullMarked
package io.cxt.archive;

import org.jspecify.annotations.NullMarked;
