package io.cxt.cxone;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Signs in with client credentials (RFC 6749 section 4.4) and keeps the token until shortly before it expires.
 *
 * <p>One sign-in is in flight at a time; whoever comes meanwhile waits for it. Expiry is counted on the monotonic
 * clock, so a jump of the wall clock does no harm.
 */
public final class SignIn implements AutoCloseable {
    private static final Duration MARGIN = Duration.ofSeconds(60);
    /** Life of a token whose answer does not say, or says nonsense. */
    private static final Duration ASSUMED_LIFE = Duration.ofMinutes(5);

    private static final Duration LONGEST_LIFE = Duration.ofHours(24);
    /** For this long a failure stands for all who ask: those who waited for it do not each ask again. */
    private static final Duration FAILURE_STANDS = Duration.ofSeconds(1);

    private static final JsonFactory JSON = new JsonFactory();

    /** Told of each call to the token endpoint; none goes unaudited. */
    public interface Listener {
        /** @param httpStatus the status, or 0 when there was no answer */
        void signedIn(boolean success, int httpStatus, Duration latency);
    }

    private record Token(String value, long renewAtNanos) {}

    private record Failure(SignInException fault, long untilNanos) {}

    private final CxoneSettings settings;
    private final String uri;
    private final CloseableHttpClient client;
    private final Listener listener;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final LongSupplier nanoTime;
    private volatile Token token;
    private Failure failure;

    public SignIn(CxoneSettings settings, Target target, CallLimits limits, Listener listener) {
        this(settings, target, limits, listener, System::nanoTime);
    }

    /** @param nanoTime the monotonic clock, like {@link System#nanoTime} */
    SignIn(CxoneSettings settings, Target target, CallLimits limits, Listener listener, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.uri = settings.baseUrl() + target.signInPath();
        this.listener = listener;
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                                .build())
                        .build());
        limits.applyTo(builder);
        this.client = builder.build();
    }

    /**
     * The value of the Authorization header; signs in first when there is no token that will last. A failure stands
     * for a second: until then it is thrown again without a call.
     *
     * @throws SignInException when CXone refuses or cannot be reached
     */
    public String authorization() throws SignInException {
        Token current = token;
        if (stale(current)) {
            oneAtATime.lock();
            try {
                current = token;
                if (stale(current)) {
                    current = fetchUnlessJustFailed();
                    token = current;
                }
            } finally {
                oneAtATime.unlock();
            }
        }
        return "Bearer " + current.value;
    }

    private boolean stale(Token current) {
        return current == null || nanoTime.getAsLong() - current.renewAtNanos >= 0;
    }

    private Token fetchUnlessJustFailed() throws SignInException {
        if (failure != null && nanoTime.getAsLong() - failure.untilNanos < 0) {
            throw failure.fault;
        }
        failure = null;
        try {
            return fetch();
        } catch (SignInException e) {
            failure = new Failure(e, nanoTime.getAsLong() + FAILURE_STANDS.toNanos());
            throw e;
        }
    }

    /** Forgets the token that CXone refused, unless another has taken its place already. */
    public void reject(String authorization) {
        oneAtATime.lock();
        try {
            if (token != null && ("Bearer " + token.value).equals(authorization)) {
                token = null;
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private Token fetch() throws SignInException {
        HttpPost post = new HttpPost(uri);
        post.setHeader("Accept", "application/json");
        post.setEntity(new UrlEncodedFormEntity(
                List.of(
                        new BasicNameValuePair("grant_type", "client_credentials"),
                        new BasicNameValuePair("client_id", settings.clientId()),
                        new BasicNameValuePair("client_secret", settings.clientSecret()),
                        new BasicNameValuePair("scope", settings.scope())),
                StandardCharsets.UTF_8));
        long start = nanoTime.getAsLong();
        try {
            return client.execute(post, answer -> {
                byte[] body = answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity());
                Token read = answer.getCode() == 200 ? read(body, start) : null;
                listener.signedIn(read != null, answer.getCode(), Duration.ofNanos(nanoTime.getAsLong() - start));
                if (read == null) {
                    throw new Refusal(answer.getCode());
                }
                return read;
            });
        } catch (Refusal e) {
            throw e.inWords(uri);
        } catch (IOException e) {
            listener.signedIn(false, 0, Duration.ofNanos(nanoTime.getAsLong() - start));
            throw new SignInException(
                    false, "Cannot reach CXone to sign in: %s".formatted(NoContact.inWords(e, settings.baseUrl())));
        }
    }

    /** Carries a status out of the response handler. */
    private static final class Refusal extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status) {
            super("HTTP " + status);
            this.status = status;
        }

        SignInException inWords(String uri) {
            boolean final_ = status >= 300 && status < 500 && status != 408 && status != 429;
            String what = status == 200 ? "an answer without an access_token" : "HTTP " + status;
            return new SignInException(
                    final_,
                    ("Cannot sign in to CXone: %s from %s. Check cxone.client-id and CXONE_CLIENT_SECRET, and that the"
                                    + " client has the scopes in cxone.scope.")
                            .formatted(what, uri));
        }
    }

    /** The token in the answer, or null when there is none. */
    private static Token read(byte[] body, long start) {
        String value = null;
        Duration life = ASSUMED_LIFE;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken kind = json.nextToken();
                if (field.equals("access_token") && kind == JsonToken.VALUE_STRING) {
                    value = json.getText();
                } else if (field.equals("expires_in")) {
                    life = life(kind.isBoolean() ? -1 : json.getValueAsDouble(-1));
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            return null;
        }
        boolean usable = value != null && !value.isBlank() && value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        return usable ? new Token(value, start + life.minus(margin(life)).toNanos()) : null;
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

    @Override
    public void close() {
        client.close(CloseMode.GRACEFUL);
    }
}
