package io.cxt.cxone;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What every call to CXone is held to: one deadline from the first byte to the last, an answer that is cut at what
 * the target needs, after unpacking, no repeats of the client's own, no redirects, no cookies, and the way through a proxy where one is set.
 * A call that ends before any of it has left is told from one that CXone may have.
 *
 * <p>Once a status has come it decides: an answer whose body is cut short, slow, broken or packed in an unknown way keeps its
 * head. A status that does not exist is no answer.
 */
public final class CallLimits implements ExecChainHandler, AutoCloseable {
    /** Most bytes of an answer that are looked at, unless the target needs more. Ours: a conversation id needs far less. */
    public static final int MAX_ANSWER = 64 * 1024;

    private final long deadlineMs;
    private final int longestAnswer;
    private final @Nullable ForwardProxy proxy;
    private final ScheduledThreadPoolExecutor alarms;
    /** Whether the call that this thread makes has begun to leave. */
    private final ThreadLocal<Boolean> left = new ThreadLocal<>();

    /** The limits of the configuration. */
    public CallLimits(CxoneSettings settings) {
        this(
                settings.callDeadline().toMillis(),
                settings.proxy(),
                settings.target().longestAnswer());
    }

    /** @param proxy that all calls go through; null for none */
    public CallLimits(long deadlineMs, @Nullable ForwardProxy proxy) {
        this(deadlineMs, proxy, MAX_ANSWER);
    }

    private CallLimits(long deadlineMs, @Nullable ForwardProxy proxy, int longestAnswer) {
        this.deadlineMs = deadlineMs;
        this.proxy = proxy;
        this.longestAnswer = longestAnswer;
        alarms = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "cxt-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        alarms.setRemoveOnCancelPolicy(true);
    }

    /** Asked on the thread of a call, when its connection stands and all else is done. */
    public interface Departure {
        /**
         * Waits until the call may leave.
         *
         * @return false when it must not leave any more
         */
        boolean await() throws InterruptedException;

        /**
         * Looks at the request as it is about to be written.
         *
         * @param call of the client, one word for each
         * @throws ChangedCallException when it must not be written
         */
        default void leaves(ClassicHttpRequest request, HttpHost server, String call) throws IOException {}
    }

    /** Puts the limits into a client whose calls leave at once. */
    public void applyTo(HttpClientBuilder client) {
        applyTo(client, () -> true);
    }

    /** Puts the limits into a client. */
    public void applyTo(HttpClientBuilder client, Departure departure) {
        client.disableContentCompression() // it throws away the head of an answer whose body it cannot unpack
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .addExecInterceptorFirst("cxt-limits", this)
                .addExecInterceptorLast("cxt-leaves", (request, scope, chain) -> {
                    await(departure);
                    if (((CancellableDependency) scope.originalRequest).isCancelled()) {
                        throw new InterruptedIOException("the deadline has passed");
                    }
                    left.set(true);
                    return chain.proceed(request, scope);
                })
                .setRequestExecutor(new LastLook(departure)); // behind all interceptors, those of a host as well
        if (proxy == null) { // a planner goes before the proxy that a host or the JVM has for its own calls
            client.setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE));
        } else {
            proxy.applyTo(client);
        }
    }

    /** Writes a request that may leave; also one that opens the way through a proxy, at which nobody looks. */
    private final class LastLook extends HttpRequestExecutor {
        private final Departure departure;

        LastLook(Departure departure) {
            this.departure = departure;
        }

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                @Nullable HttpResponseInformationCallback informed,
                HttpContext context)
                throws IOException, HttpException {
            if (Boolean.TRUE.equals(left.get())) {
                HttpClientContext call = HttpClientContext.cast(context);
                departure.leaves(request, call.getHttpRoute().getTargetHost(), call.getExchangeId());
            }
            return super.execute(request, connection, informed, context);
        }
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> alarm = alarms.schedule(
                () -> {
                    late.set(true);
                    ((CancellableDependency) scope.originalRequest).cancel();
                },
                deadlineMs,
                TimeUnit.MILLISECONDS);
        left.set(false);
        request.setHeader("Accept-Encoding", ContentCodings.ASKED_FOR);
        try {
            ClassicHttpResponse response = proceed(request, scope, chain);
            readBody(response, scope);
            if (!left.get() && scope.route.isTunnelled()) {
                throw new NotSentException(response, scope.route); // the answer to CONNECT, and not CXone's
            }
            return response;
        } catch (NotSentException | HeldBackException | ChangedCallException e) {
            throw e;
        } catch (IOException | HttpException | RuntimeException e) {
            Exception fault = late.get() ? new DeadlineExceededException(deadlineMs) : e;
            if (!left.get() && !(fault instanceof RuntimeException)) {
                throw new NotSentException(fault, scope.route);
            }
            if (fault != e) {
                throw (DeadlineExceededException) fault;
            }
            throw e;
        } catch (Error e) {
            scope.execRuntime.discardEndpoint(); // else the connection is nobody's for good
            throw e;
        } finally {
            alarm.cancel(false);
            left.remove();
        }
    }

    /** What the client itself fails at after a call has left is an answer that it cannot make sense of. */
    private ClassicHttpResponse proceed(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response;
        try {
            response = chain.proceed(request, scope);
        } catch (RuntimeException e) {
            if (left.get()) {
                throw new ProtocolException("an answer that cannot be understood", e);
            }
            throw e;
        }
        int status = response.getCode();
        if (status < 100 || status > 599) {
            scope.execRuntime.discardEndpoint();
            throw new ProtocolException("an answer with the status %s, which does not exist", status);
        }
        return response;
    }

    private static void await(Departure departure) throws IOException {
        try {
            if (!departure.await()) {
                throw new HeldBackException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before the call left");
        }
    }

    private void readBody(ClassicHttpResponse response, ExecChain.Scope scope) {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        ContentCodings codings = ContentCodings.of(response);
        byte[] read = new byte[0];
        boolean whole = false;
        try (InputStream in = codings.known() ? codings.unpacked(entity.getContent()) : entity.getContent()) {
            // a buffer no larger than the answer; -1 when it does not say
            long length = codings.none() ? entity.getContentLength() : -1;
            read = in.readNBytes(length < 0 ? longestAnswer : (int) Math.min(length, longestAnswer));
            whole = read.length < longestAnswer;
            if (!whole) {
                scope.execRuntime.discardEndpoint();
            }
        } catch (IOException | RuntimeException e) {
            if (!whole) {
                scope.execRuntime.discardEndpoint();
            }
        }
        byte[] body = codings.known() ? read : new byte[0];
        response.removeHeaders("Content-Encoding"); // it is unpacked, and Camel heeds the header
        response.setEntity(new ByteArrayEntity(body, ContentType.parseLenient(entity.getContentType())));
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
