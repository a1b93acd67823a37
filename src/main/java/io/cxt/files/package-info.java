/**
 * Files that are written whole or not at all, and opened once, without following a link.
 *
 * <p>Knows nothing of transcripts.
 */
package io.cxt.files;
