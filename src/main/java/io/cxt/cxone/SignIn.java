package io.cxt.cxone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Signs in with client credentials (RFC 6749 section 4.4) and keeps the token until shortly before it expires.
 *
 * <p>One sign-in is in flight at a time; other callers wait for it. Expiry is counted on the monotonic
 * clock, so a jump of the wall clock does no harm.
 */
public final class SignIn implements AutoCloseable {
    /** For this long a failure holds for all callers: those that waited for it do not each ask again. */
    private static final Duration FAILURE_STANDS = Duration.ofSeconds(1);

    /** Told of each call to the token endpoint; none goes unaudited. */
    public interface Listener {
        /** @param httpStatus the status, or 0 when there was no answer */
        void signedIn(boolean success, int httpStatus, Duration latency);
    }

    /** From this age on, a token that is rejected may have expired. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private record Failure(SignInException fault, long untilNanos) {}

    private final CxoneSettings settings;
    private final String uri;
    private final CxoneConnections connections;
    private final CloseableHttpClient client;
    private final Listener listener;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final LongSupplier nanoTime;
    private final Answers answers;
    private final AtomicReference<@Nullable Token> token = new AtomicReference<>();
    private final AtomicInteger refusedInARow = new AtomicInteger();
    private @Nullable Failure failure;

    public SignIn(CxoneSettings settings, CxoneTarget target, CallLimits limits, Listener listener) {
        this(settings, target, limits, listener, System::nanoTime);
    }

    /** @param nanoTime the monotonic clock, like {@link System#nanoTime} */
    SignIn(CxoneSettings settings, CxoneTarget target, CallLimits limits, Listener listener, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.answers = new Answers(target, new RetryAfter(settings.maxWait(), Clock.systemUTC()));
        this.uri = settings.baseUrl() + target.signInPath();
        this.listener = listener;
        this.connections = CxoneConnections.open(settings.tls(), settings.connectTimeout());
        HttpClientBuilder builder = HttpClientBuilder.create().setConnectionManager(connections);
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
        Token current = token.get();
        if (current != null && lasts(current)) {
            return current.authorization();
        }
        oneAtATime.lock();
        try {
            current = token.get();
            if (current == null || !lasts(current)) {
                current = fetchUnlessJustFailed();
                token.set(current);
            }
            return current.authorization();
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean lasts(Token current) {
        return nanoTime.getAsLong() - current.renewAtNanos() < 0;
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

    /**
     * Forgets the token that CXone rejected, unless another has replaced it already.
     *
     * @return how many tokens were refused in a row, this one included, that cannot have expired: less than a minute old,
     *     and none was good in between; 0 when this is none of them
     */
    public int reject(String authorization) {
        Token refused = token.get();
        if (refused == null || !refused.authorization().equals(authorization) || !token.compareAndSet(refused, null)) {
            return 0;
        }
        return refusedInARow.updateAndGet(before -> refused.isYounger(YOUNG, nanoTime.getAsLong()) ? before + 1 : 0);
    }

    /** CXone took the token. */
    public void accept(String authorization) {
        Token taken = token.get();
        if (refusedInARow.get() > 0 && taken != null && taken.authorization().equals(authorization)) {
            refusedInARow.set(0);
        }
    }

    /** The next caller signs in anew, because a token carries its rights; once a second at most. */
    public void renew() {
        Token old = token.get();
        if (old != null && !old.isYounger(FAILURE_STANDS, nanoTime.getAsLong())) {
            token.compareAndSet(old, null);
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
                Token read = answer.getCode() == 200 ? Token.read(body, start) : null;
                listener.signedIn(read != null, answer.getCode(), Duration.ofNanos(nanoTime.getAsLong() - start));
                if (read == null) {
                    throw new Refusal(SignInException.of(
                            answers.read(answer.getCode(), all(answer, "Retry-After"), all(answer, "Date"), body),
                            uri,
                            body));
                }
                return read;
            });
        } catch (Refusal e) {
            throw e.fault;
        } catch (IOException e) {
            listener.signedIn(false, 0, Duration.ofNanos(nanoTime.getAsLong() - start));
            throw SignInException.of(answers.unanswered(e), e, settings.baseUrl());
        }
    }

    /** All headers of a name, with a comma between; null when there is none. */
    private static @Nullable String all(HttpMessage message, String name) {
        return Arrays.stream(message.getHeaders(name))
                .map(Header::getValue)
                .reduce((one, other) -> one + "," + other)
                .orElse(null);
    }

    /** Carries what is wrong with an answer out of the response handler. */
    private static final class Refusal extends IOException {
        private static final long serialVersionUID = 1L;
        private final SignInException fault;

        Refusal(SignInException fault) {
            super(fault);
            this.fault = fault;
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.GRACEFUL);
        connections.end();
    }
}
