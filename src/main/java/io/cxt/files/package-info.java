/**
 * Files that are written whole or not at all, and opened once, without following a link.
 *
 * <p>Knows nothing of transcripts.
 */
@NullMarked
package io.cxt.files;

import org.jspecify.annotations.NullMarked;
