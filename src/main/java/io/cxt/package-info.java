/** CXone transcript routes: the entry point. Each subject has a package of its own below. */
package io.cxt;
