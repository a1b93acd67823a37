/**
 * How fast calls may go out, and when not at all.
 *
 * <p>Nothing here knows Camel or HTTP.
 */
@NullMarked
package io.cxt.pace;

import org.jspecify.annotations.NullMarked;
