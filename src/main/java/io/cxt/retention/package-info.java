/** How long what CXT keeps is kept: what is past that is removed, by a command or each night. */
@NullMarked
package io.cxt.retention;

import org.jspecify.annotations.NullMarked;
