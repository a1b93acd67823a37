package io.cxt.console;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The query of a request, or its form, each value bounded. */
record Asked(Function<String, @Nullable String> values) {
    private static final int LONGEST = 1_000;

    static Asked query(HttpServerRequest request) {
        return new Asked(request::getParam);
    }

    static Asked form(HttpServerRequest request) {
        return new Asked(request::getFormAttribute);
    }

    /** The value as it came, since an id may begin with a blank; null when there is none. */
    @Nullable
    String value(String name) {
        String value = values.apply(name);
        return value == null || value.isBlank() ? null : value.substring(0, Math.min(LONGEST, value.length()));
    }

    /** The value without blanks around it; null when there is none. */
    @Nullable
    String word(String name) {
        String value = value(name);
        return value == null ? null : value.strip();
    }

    /** The value as a number; the fallback when it is none. */
    long number(String name, long fallback) {
        String value = value(name);
        return value != null && value.matches("\\d{1,18}") ? Long.parseLong(value) : fallback;
    }
}
