/**
 * What is kept as files: what was sent, what was set aside and why, and a report for each source.
 *
 * <p>Every file is on the disk under its final name, whole, or not there. Nothing here knows Camel.
 */
package io.cxt.archive;
