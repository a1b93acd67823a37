package io.cxt.simulator;

import io.cxt.ops.HostHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * A running stand-in: its HTTP server, scripts and traffic. Pages in a browser reach neither {@code /stats} nor
 * {@code /control}. All methods are thread-safe.
 *
 * @param <C> what it counts
 */
public abstract class RunningStandIn<C> implements AutoCloseable {

    /** Answers one request. */
    @FunctionalInterface
    public interface Handler {
        /** @throws IOException when the caller gets a TCP reset in place of an answer */
        Reply handle(Request request) throws IOException;
    }

    /** How long a connection may be idle. */
    private static final Timeout IDLE = Timeout.ofMinutes(10);

    private static final TimeValue WORKERS_END = TimeValue.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final StandInState state;
    private final OpenConnections connections;
    private final HttpServer server;
    private final URI baseUri;

    /** Starts it; it is serving when this returns. */
    protected RunningStandIn(StandInState state, Handler handler) throws IOException {
        StandInSettings settings = state.settings;
        this.state = state;
        connections = new OpenConnections(settings.tls);
        server = ServerBootstrap.bootstrap()
                .setLocalAddress(InetAddress.getByName(settings.host))
                .setListenerPort(settings.port)
                .setSocketConfig(SocketConfig.custom()
                        .setTcpNoDelay(true)
                        .setSoReuseAddress(true)
                        .setSoTimeout(IDLE)
                        .setBacklogSize(1024)
                        .build())
                .setConnectionFactory(connections)
                .setRequestRouter((request, context) -> (http, response, same) -> {
                    Request asked = new Request(http); // whatever the Host header says
                    Optional<String> barred = barred(asked);
                    (barred.isPresent() ? Reply.error(403, "forbidden", barred.get()) : handler.handle(asked))
                            .writeTo(response);
                })
                .create();
        server.start();
        String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
        baseUri = URI.create(
                "%s://%s:%s".formatted(settings.tls == null ? "http" : "https", host, server.getLocalPort()));
    }

    /** Why the request of a page in a browser is refused; empty for programs. */
    private static Optional<String> barred(Request request) {
        if (!request.path().startsWith("/stats") && !request.path().startsWith("/control")) {
            return Optional.empty();
        }
        if (request.header("Origin") != null) {
            return Optional.of("a page in a browser may not ask here; use a program, for example curl");
        }
        return HostHeader.isOurs(request.header("Host"), null)
                ? Optional.empty()
                : Optional.of("the Host is a name that others can register; use an address or localhost");
    }

    /** Scheme, host and port without a trailing slash: a value for {@code cxone.base-url}. */
    public final URI baseUri() {
        return baseUri;
    }

    public final int port() {
        return baseUri.getPort();
    }

    public abstract C counts();

    /** The next posts meet these faults, first in first out; {@link Fault#none} answers normally. */
    public final void next(Fault... faults) {
        state.script.addAll(List.of(faults));
    }

    /** The next sign-ins meet these faults, first in first out. */
    public final void nextSignIn(Fault... faults) {
        state.signInScript.addAll(List.of(faults));
    }

    /** How many scripted faults for posts are left. */
    public final int faultsLeft() {
        return state.script.size();
    }

    /** How calls are handled now. */
    public final Traffic traffic() {
        return state.traffic();
    }

    /** From the next call on: {@code standIn.change(traffic -> traffic.withLatency(0))}. */
    public final void change(UnaryOperator<Traffic> change) {
        state.change(change);
    }

    /** Revokes every access token issued so far. */
    public final void revokeTokens() {
        state.tokens.revokeAll();
    }

    /**
     * Waits until the counts satisfy the predicate.
     *
     * @return false when they did not within the limit, or the thread was interrupted
     */
    public final boolean await(Predicate<C> enough, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!enough.test(counts())) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    /** Closes the open connections, as servers do after a while; new ones are accepted. */
    public final void hangUp() {
        connections.hangUp();
    }

    /** Stops at once: open connections are reset, including hanging calls. Counts and journal stay readable. */
    @Override
    public final void close() {
        server.initiateShutdown();
        connections.cutAll();
        try {
            server.awaitTermination(WORKERS_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
