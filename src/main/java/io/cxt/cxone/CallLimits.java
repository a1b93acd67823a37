package io.cxt.cxone;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * What every call to CXone is held to: one deadline from the first byte to the last, an answer that is cut at 64 KiB
 * after unpacking, no repeats of the client's own, no redirects, no cookies.
 *
 * <p>Once a status has come it decides: an answer whose body is cut short, slow or broken keeps its status.
 */
public final class CallLimits implements ExecChainHandler, AutoCloseable {
    /** Most bytes of an answer that are looked at. Ours: a conversation id needs far less. */
    public static final int MAX_ANSWER = 64 * 1024;

    private final long deadlineMs;
    private final ScheduledThreadPoolExecutor alarms;

    public CallLimits(long deadlineMs) {
        this.deadlineMs = deadlineMs;
        alarms = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "cxt-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        alarms.setRemoveOnCancelPolicy(true);
    }

    /** Puts the limits into a client. */
    public void applyTo(HttpClientBuilder client) {
        client.disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .addExecInterceptorFirst("cxt-limits", this);
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
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            readBody(response, scope);
            return response;
        } catch (IOException | RuntimeException e) {
            if (late.get()) {
                throw new DeadlineExceededException(deadlineMs);
            }
            throw e;
        } catch (Error e) {
            scope.execRuntime.discardEndpoint(); // else the connection is nobody's for good
            throw e;
        } finally {
            alarm.cancel(false);
        }
    }

    private static void readBody(ClassicHttpResponse response, ExecChain.Scope scope) {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        byte[] read = new byte[0];
        boolean whole = false;
        try (InputStream in = entity.getContent()) {
            long length = entity.getContentLength(); // a buffer no larger than the answer; -1 when it does not say
            read = in.readNBytes(length < 0 ? MAX_ANSWER : (int) Math.min(length, MAX_ANSWER));
            whole = read.length < MAX_ANSWER;
            if (!whole) {
                scope.execRuntime.discardEndpoint();
            }
        } catch (IOException | IllegalStateException e) {
            if (!whole) {
                scope.execRuntime.discardEndpoint();
            }
        }
        response.removeHeaders(
                "Content-Encoding"); // it is unpacked; newer clients leave the header, and Camel heeds it
        response.setEntity(new ByteArrayEntity(read, ContentType.parseLenient(entity.getContentType())));
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
