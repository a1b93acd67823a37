/**
 * How a setting is found, read and checked.
 *
 * <p>What a setting means is known by the package that it is for.
 */
@NullMarked
package io.cxt.settings;

import org.jspecify.annotations.NullMarked;
