package io.cxt.simulator;

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
 * A running stand-in for CXone. It serves the {@code conversations} contract, {@code GET /stats}, {@code GET /stats/accepted} and
 * {@code POST /control}. All methods are thread-safe.
 */
public final class StandIn implements AutoCloseable {

    public static final String TOKEN_PATH = "/api/v2/oauth/token";
    public static final String CHAT_PATH = "/api/v2/conversations/channels/chat";

    /** How long a connection may be idle. */
    private static final Timeout IDLE = Timeout.ofMinutes(10);

    private static final TimeValue WORKERS_END = TimeValue.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final StandInState state;
    private final OpenConnections connections;
    private final HttpServer server;
    private final int port;
    private final URI baseUri;

    private StandIn(StandInSettings settings) throws IOException {
        state = new StandInState(settings);
        connections = new OpenConnections(settings.tls);
        Router router = new Router(state);
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
                .setRequestRouter((request, context) -> router) // whatever the Host header says
                .create();
        server.start();
        port = server.getLocalPort();
        baseUri = URI.create("%s://%s:%s".formatted(settings.tls == null ? "http" : "https", host(settings), port));
    }

    /** Starts one; it is serving when this returns. */
    public static StandIn start(StandInSettings settings) throws IOException {
        return new StandIn(settings);
    }

    private static String host(StandInSettings settings) {
        return settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
    }

    /** Scheme, host and port without a trailing slash: a value for {@code cxone.base-url}. */
    public URI baseUri() {
        return baseUri;
    }

    public int port() {
        return port;
    }

    public Counts counts() {
        return state.counts();
    }

    /** The latest chat posts in the order of arrival, as many as the journal keeps. */
    public List<ReceivedCall> calls() {
        return state.calls();
    }

    /** The accepted posts of one interaction and part, as far as the journal keeps them. */
    public List<ReceivedCall> accepted(String interactionId, int part) {
        return calls().stream()
                .filter(call -> call.accepted() && call.part() == part && interactionId.equals(call.interactionId()))
                .toList();
    }

    /** One part, if it was ever accepted; not limited by the journal. */
    public Optional<ReceivedPart> delivery(String interactionId, int part) {
        return state.deliveries.find(interactionId, part);
    }

    /** All parts that were ever accepted, in no order; not limited by the journal. */
    public List<ReceivedPart> deliveries() {
        return state.deliveries.stream().toList();
    }

    /** The next chat posts meet these faults, first in first out; {@link Fault#none} answers normally. */
    public void next(Fault... faults) {
        state.chatScript.addAll(List.of(faults));
    }

    /** The next sign-ins meet these faults, first in first out. */
    public void nextSignIn(Fault... faults) {
        state.signInScript.addAll(List.of(faults));
    }

    /** How many scripted faults for chat posts are left. */
    public int faultsLeft() {
        return state.chatScript.size();
    }

    /** How calls are handled now. */
    public Traffic traffic() {
        return state.traffic();
    }

    /** From the next call on: {@code standIn.change(traffic -> traffic.withLatency(0))}. */
    public void change(UnaryOperator<Traffic> change) {
        state.change(change);
    }

    /** Revokes every token issued so far. */
    void revokeTokens() {
        state.tokens.revokeAll();
    }

    /**
     * Waits until the counts satisfy the predicate.
     *
     * @return false when they did not within the limit, or the thread was interrupted
     */
    public boolean await(Predicate<Counts> enough, Duration limit) {
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
    public void hangUp() {
        connections.hangUp();
    }

    /** Stops at once: open connections are reset, including hanging calls. Counts and journal stay readable. */
    @Override
    public void close() {
        server.initiateShutdown();
        connections.cutAll();
        try {
            server.awaitTermination(WORKERS_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
