/** CXone transcript routes: the entry point of the command. Each subject has its own package below. */
package io.cxt;
