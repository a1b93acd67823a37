package io.cxt.console;

import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request. */
interface Authentication {
    /** Null for nobody that is known. */
    @Nullable
    Person who(HttpServerRequest request);

    /** How somebody signs in, in sentences. */
    String howTo();
}
