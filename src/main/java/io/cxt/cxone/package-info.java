/**
 * How CXone wants a transcript, how one signs in there, and what its answers mean.
 *
 * <p>Nothing outside this package knows a target's fields. Nothing here knows Camel.
 */
@NullMarked
package io.cxt.cxone;

import org.jspecify.annotations.NullMarked;
