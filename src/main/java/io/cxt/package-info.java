/** CXone transcript routes: the entry point of the command. Each subject has its own package below. */
@NullMarked
package io.cxt;

import org.jspecify.annotations.NullMarked;
