/**
 * The watched folder: {@code pickup-files}.
 */
@NullMarked
package io.cxt.pickup.file;

import org.jspecify.annotations.NullMarked;
