/**
 * How fast calls may go out, and when not at all.
 *
 * <p>Nothing here knows Camel or HTTP.
 */
package io.cxt.pace;
