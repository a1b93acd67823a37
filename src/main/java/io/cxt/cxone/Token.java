package io.cxt.cxone;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in gave. Times are nanoseconds on the monotonic clock.
 *
 * @param authorization the value of the Authorization header
 * @param fetchedAtNanos when it was asked for
 * @param renewAtNanos from when on another one is used
 * @param refreshToken asks for that one; null when none was given
 */
record Token(
        String authorization,
        long fetchedAtNanos,
        long renewAtNanos,
        @Nullable String refreshToken) {
    private static final Duration MARGIN = Duration.ofSeconds(60);
    /** Life of a token whose answer does not say, or says nonsense. */
    private static final Duration ASSUMED_LIFE = Duration.ofMinutes(5);

    private static final Duration LONGEST_LIFE = Duration.ofHours(24);

    private static final JsonFactory JSON = new JsonFactory();

    boolean isYounger(Duration age, long nowNanos) {
        return nowNanos - fetchedAtNanos - age.toNanos() < 0;
    }

    /** The token in the answer, in the spelling of RFC 6749 or that of older answers; null when there is none. */
    static @Nullable Token read(byte[] body, long start) {
        String value = null;
        String refresh = null;
        Duration life = ASSUMED_LIFE;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken kind = json.nextToken();
                switch (field) {
                    case "access_token", "accessToken" -> value = text(kind, json, value);
                    case "refresh_token", "refreshToken" -> refresh = text(kind, json, refresh);
                    case "expires_in", "expiresIn" -> life = life(kind.isBoolean() ? -1 : json.getValueAsDouble(-1));
                    default -> {}
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            return null;
        }
        boolean usable = value != null && !value.isBlank() && value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        return usable
                ? new Token(
                        "Bearer " + value,
                        start,
                        start + life.minus(margin(life)).toNanos(),
                        refresh)
                : null;
    }

    /** True for an answer that has a token, whatever it is worth. */
    static boolean isIn(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            boolean found = false;
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean named = json.currentName().equals("access_token")
                            || json.currentName().equals("accessToken");
                    JsonToken kind = json.nextToken();
                    found |= named
                            && kind != JsonToken.VALUE_NULL
                            && !json.getText().isBlank();
                    json.skipChildren();
                }
            }
            return found;
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable String text(JsonToken kind, JsonParser json, @Nullable String before) throws IOException {
        return kind == JsonToken.VALUE_STRING ? json.getText() : before;
    }

    private static Duration life(double seconds) {
        if (!(seconds >= 1)) { // missing, a word, zero, negative, not a number
            return ASSUMED_LIFE;
        }
        return seconds > LONGEST_LIFE.toSeconds() ? LONGEST_LIFE : Duration.ofMillis((long) (seconds * 1000));
    }

    /** A minute, or half of the life of a token that lives for less than two. */
    private static Duration margin(Duration life) {
        Duration half = life.dividedBy(2);
        return half.compareTo(MARGIN) < 0 ? half : MARGIN;
    }

    /** Leaves the token out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Token";
    }
}
