/** The contract of the tutorial: one call takes one transcript. */
@NullMarked
package io.cxt.cxone.conversations;

import org.jspecify.annotations.NullMarked;
