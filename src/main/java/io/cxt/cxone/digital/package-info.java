/**
 * The published Digital Engagement API: one call for each message, and at the end one that closes the contact.
 *
 * <p>See docs/cxone-digital.md for what is known of it and what is not.
 */
@NullMarked
package io.cxt.cxone.digital;

import org.jspecify.annotations.NullMarked;
