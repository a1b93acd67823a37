package io.cxt.cxone;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The connections to CXone. The headers of an answer are bounded, and each connection is looked at before it is used
 * again. A client that meets an Error in a call closes the pool it was given, and no call would leave any more: this
 * one closes by {@link #end} only.
 */
public final class CxoneConnections implements HttpClientConnectionManager {
    /** More headers, or longer lines of them, are no answer of CXone's. */
    private static final Http1Config BOUNDED =
            Http1Config.custom().setMaxHeaderCount(100).setMaxLineLength(8192).build();

    /**
     * One that the other side has closed meanwhile would take a call with it, of which nobody could say whether it arrived;
     * and one with a second answer to the call before would give it to the next.
     * Left to itself the client looks after two idle seconds. To look takes a millisecond of a call and hardly any work.
     */
    private static final ConnectionConfig LOOK_FIRST = ConnectionConfig.custom()
            .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
            .build();

    private final PoolingHttpClientConnectionManager pool;

    private CxoneConnections(PoolingHttpClientConnectionManager pool) {
        this.pool = pool;
    }

    /**
     * @param tls null for Java's own
     * @param connectTimeout null where the client's request says it
     */
    public static CxoneConnections open(@Nullable SSLContext tls, @Nullable Duration connectTimeout) {
        ConnectionConfig.Builder each = ConnectionConfig.copy(LOOK_FIRST);
        if (connectTimeout != null) {
            each.setConnectTimeout(Timeout.of(connectTimeout));
        }
        PoolingHttpClientConnectionManagerBuilder builder = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(CxoneConnections::connection)
                .setDefaultConnectionConfig(each.build());
        if (tls != null) {
            builder.setTlsSocketStrategy(new DefaultClientTlsStrategy(tls));
        }
        return new CxoneConnections(builder.build());
    }

    private static ManagedHttpClientConnection connection(@Nullable Socket socket) throws IOException {
        CxoneConnection connection = new CxoneConnection(BOUNDED);
        if (socket != null) {
            connection.bind(socket);
        }
        return connection;
    }

    /** As many as the other may have. */
    public CxoneConnections asManyAs(PoolingHttpClientConnectionManager other) {
        pool.setMaxTotal(other.getMaxTotal());
        pool.setDefaultMaxPerRoute(other.getDefaultMaxPerRoute());
        return this;
    }

    @Override
    public LeaseRequest lease(String id, HttpRoute route, Timeout timeout, @Nullable Object state) {
        return pool.lease(id, route, timeout, state);
    }

    @Override
    public void release(ConnectionEndpoint endpoint, @Nullable Object state, TimeValue keepAlive) {
        pool.release(endpoint, state, keepAlive);
    }

    @Override
    public void connect(ConnectionEndpoint endpoint, TimeValue timeout, HttpContext context) throws IOException {
        pool.connect(endpoint, timeout, context);
    }

    @Override
    public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
        pool.upgrade(endpoint, context);
    }

    /** Nothing; see {@link #end}. */
    @Override
    public void close(CloseMode mode) {}

    /** Nothing; see {@link #end}. */
    @Override
    public void close() {}

    /** Closes them all. */
    public void end() {
        pool.close(CloseMode.GRACEFUL);
    }
}
