package io.cxt.console;

import io.cxt.ledger.OrderRefused;
import io.cxt.text.SafeName;
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

    /**
     * The value as a number; the fallback when there is none.
     *
     * @throws OrderRefused when it is something else
     */
    long number(String name, long fallback) {
        String value = word(name);
        if (value != null && !value.matches("\\d{1,18}")) {
            throw new OrderRefused(
                    "%s is %s, which is not a number; allowed: 0 and more".formatted(name, SafeName.log(value)));
        }
        return value == null ? fallback : Long.parseLong(value);
    }
}
