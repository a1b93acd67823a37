package io.cxt.cxone;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Signs in as the {@link Credentials} say and keeps the token until shortly before it expires.
 *
 * <p>One sign-in is in flight at a time; other callers wait for it. Expiry is counted on the monotonic
 * clock, so a jump of the wall clock does no harm.
 */
public final class SignIn implements AutoCloseable {
    /** For this long a failure holds for all callers: those that waited for it do not each ask again. */
    private static final Duration FAILURE_STANDS = Duration.ofSeconds(1);

    /** From this age on, a token that is rejected may have expired. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private record Failure(SignInException fault, long untilNanos) {}

    private final CxoneSettings settings;
    private final CxoneConnections connections;
    private final CloseableHttpClient client;
    private final SignInListener listener;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final LongSupplier nanoTime;
    private final Answers answers;
    private final AtomicReference<@Nullable Token> token = new AtomicReference<>();
    private final AtomicInteger refusedInARow = new AtomicInteger();
    private @Nullable Failure failure;

    public SignIn(CxoneSettings settings, CallLimits limits, SignInListener listener) {
        this(settings, limits, listener, System::nanoTime);
    }

    /** @param nanoTime the monotonic clock, like {@link System#nanoTime} */
    SignIn(CxoneSettings settings, CallLimits limits, SignInListener listener, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.answers = new Answers(settings.target(), new RetryAfter(settings.maxWait(), Clock.systemUTC()));
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
                current = fetchUnlessJustFailed(current == null ? null : current.refreshToken());
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

    private Token fetchUnlessJustFailed(@Nullable String refreshToken) throws SignInException {
        if (failure != null && nanoTime.getAsLong() - failure.untilNanos < 0) {
            throw failure.fault;
        }
        failure = null;
        try {
            return fetch(refreshToken);
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

    /** @param refreshToken of the last token where that was given and has only grown old; null for none */
    private Token fetch(@Nullable String refreshToken) throws SignInException {
        Credentials credentials = settings.credentials();
        String url = url();
        if (refreshToken != null && credentials.form() == SignInForm.PASSWORD) {
            try {
                return fetch(url, credentials.refresh(url, refreshToken));
            } catch (SignInException e) {
                if (!e.refused()) {
                    throw e;
                }
            }
        }
        return fetch(url, credentials.request(url));
    }

    private String url() throws SignInException {
        String given = settings.signInUrl();
        try {
            settings.target().discover(this::document);
            return given != null
                    ? given
                    : settings.target().signInUrl(settings.credentials().form(), this::document);
        } catch (Refusal e) {
            throw e.fault;
        } catch (UnusableDocumentException e) {
            throw SignInException.of(e);
        } catch (IOException e) {
            throw SignInException.of(answers.unanswered(e), e, settings.baseUrl());
        }
    }

    private byte[] document(String url) throws IOException {
        HttpGet get = new HttpGet(url);
        get.setHeader("Accept", "application/json");
        listener.leaves("GET " + url);
        long start = nanoTime.getAsLong();
        int[] status = {0};
        try {
            return client.execute(get, answer -> {
                status[0] = answer.getCode();
                return document(url, answer);
            });
        } finally {
            listener.asked("GET " + url, status[0], Duration.ofNanos(nanoTime.getAsLong() - start));
        }
    }

    private byte[] document(String url, ClassicHttpResponse answer) throws IOException {
        byte[] body = body(answer);
        if (answer.getCode() != 200) {
            throw new Refusal(SignInException.of(
                    read(answer, body), url, body, settings.credentials().form()));
        }
        return body;
    }

    private Token fetch(String url, HttpPost post) throws SignInException {
        post.setHeader("Accept", "application/json");
        listener.leaves("POST " + url);
        long start = nanoTime.getAsLong();
        try {
            return client.execute(post, answer -> {
                byte[] body = body(answer);
                Token read = answer.getCode() == 200 ? Token.read(body, start) : null;
                listener.signedIn(read != null, answer.getCode(), Duration.ofNanos(nanoTime.getAsLong() - start));
                if (read == null) {
                    throw new Refusal(SignInException.of(
                            read(answer, body),
                            url,
                            body,
                            settings.credentials().form()));
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

    private static byte[] body(ClassicHttpResponse answer) throws IOException {
        return answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity());
    }

    private Answer read(ClassicHttpResponse answer, byte[] body) {
        return answers.read(answer.getCode(), all(answer, "Retry-After"), all(answer, "Date"), body);
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
