package io.cxt.cxone;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/** Makes the calls that a command needs, one at a time, signed in as a run is. Not for transcripts. */
public final class CxoneCaller implements AutoCloseable {
    private static final int TOO_MANY = 429;
    private static final int MOST_WAITS = 30;
    private static final long TOO_MANY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final CxoneSettings settings;
    private final SignIn signIn;
    private final Listener listener;
    private final CxoneConnections connections;
    private final CloseableHttpClient client;
    private final long spacing;
    private Runnable beforeChange = () -> {};
    private long nextAt = System.nanoTime();

    /** Told of each call; none goes unaudited. */
    public interface Listener {
        /** A call that changes something in CXone is about to leave. */
        void leaves(String call);

        /** A call that changes nothing is about to leave. */
        void asks(String call);

        /**
         * @param call method and path
         * @param httpStatus the status, or 0 when there was no answer
         */
        void called(String call, int httpStatus, Duration latency);
    }

    /** An answer; the body is cut at {@link CallLimits#MAX_ANSWER}. */
    public record Reply(int status, byte[] body) {
        public boolean good() {
            return status / 100 == 2;
        }
    }

    /** @param perSecond most calls a second; 0 for no limit */
    public CxoneCaller(CxoneSettings settings, SignIn signIn, CallLimits limits, int perSecond, Listener listener) {
        this.spacing = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.settings = settings;
        this.signIn = signIn;
        this.listener = listener;
        this.connections = CxoneConnections.open(settings.tls(), settings.connectTimeout());
        HttpClientBuilder builder = HttpClientBuilder.create().setConnectionManager(connections);
        limits.applyTo(builder);
        this.client = builder.build();
    }

    /**
     * Makes a call.
     *
     * @param path behind the base URL, with its query
     * @param body JSON; null for none
     * @throws SignInException when there is no token
     * @throws IOException when there is no answer
     */
    public Reply call(String method, String path, byte @Nullable [] body) throws SignInException, IOException {
        awaitTurn();
        String authorization = signIn.authorization(); // first: it may have to find the base URL
        HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(settings.baseUrl() + path));
        request.setHeader("Authorization", authorization);
        request.setHeader("Accept", "application/json");
        if (body != null) {
            request.setEntity(new ByteArrayEntity(body, ContentType.create("application/json")));
        }
        if (method.equals("GET")) {
            listener.asks(method + " " + path);
        } else {
            beforeChange.run();
            listener.leaves(method + " " + path);
        }
        long start = System.nanoTime();
        int status = 0;
        try {
            Reply reply = client.execute(
                    request,
                    answer -> new Reply(
                            answer.getCode(),
                            answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity())));
            status = reply.status();
            return reply;
        } catch (IOException e) {
            throw new CxoneCallException(NoContact.inWords(e, settings.baseUrl()));
        } finally {
            listener.called(method + " " + path, status, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** @param wait runs before each call that changes something, and waits as long as the limit of a contact asks for */
    public void beforeChange(Runnable wait) {
        beforeChange = wait;
    }

    /** As {@link #call}, and again after a while when there are too many: a limit of CXone refills. */
    public Reply patiently(String method, String path, byte @Nullable [] body) throws SignInException, IOException {
        Reply reply = call(method, path, body);
        for (int again = 0; reply.status() == TOO_MANY && again < MOST_WAITS; again++) {
            nextAt = System.nanoTime() + TOO_MANY_PAUSE_NANOS;
            reply = call(method, path, body);
        }
        return reply;
    }

    private void awaitTurn() throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, nextAt - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        nextAt = System.nanoTime() + spacing;
    }

    @Override
    public void close() {
        client.close(CloseMode.GRACEFUL);
        connections.end();
    }
}
