/**
 * The watched folder: {@code pickup-files}.
 */
package io.cxt.pickup.file;
