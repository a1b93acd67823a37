/**
 * CXT inside another Camel application: its routes beside the host's own, its settings under {@code cxt.}.
 *
 * <p>One of the places that know Camel. What the routes do is known elsewhere.
 */
package io.cxt.embed;
