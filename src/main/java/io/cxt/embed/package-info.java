/**
 * CXT inside another Camel application: its routes beside the host's own, its settings under {@code cxt.}.
 *
 * <p>One of the packages that know Camel. What the routes do is known elsewhere.
 */
@NullMarked
package io.cxt.embed;

import org.jspecify.annotations.NullMarked;
