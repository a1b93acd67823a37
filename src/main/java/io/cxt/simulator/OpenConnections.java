package io.cxt.simulator;

import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * The open connections, so that all can be cut at once.
 *
 * <p>TLS is added to the plain socket here, not by the server: the server's handshake runs on the accepting thread, where one
 * silent caller blocks all others; here it runs on the connection's thread. And closing the plain socket below sends a
 * real reset.
 */
final class OpenConnections implements HttpConnectionFactory<DefaultBHttpServerConnection> {

    private static final Http1Config CONFIG =
            Http1Config.custom().setBufferSize(16_384).build();

    private final @Nullable SSLContext tls;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param tls null for plain connections */
    OpenConnections(@Nullable SSLContext tls) {
        this.tls = tls;
    }

    @Override
    public DefaultBHttpServerConnection createConnection(Socket socket) throws IOException {
        Connection connection = new Connection(tls == null ? "http" : "https");
        if (tls == null) {
            connection.bind(socket);
        } else {
            SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, -1, false);
            secured.setUseClientMode(false);
            connection.bind(secured, socket);
        }
        open.add(connection);
        if (closed) {
            connection.close(CloseMode.IMMEDIATE);
        }
        return connection;
    }

    /** Closes all open connections in an orderly way. */
    void hangUp() {
        open.forEach(connection -> connection.close(CloseMode.GRACEFUL));
    }

    void cutAll() {
        closed = true;
        open.forEach(connection -> connection.close(CloseMode.IMMEDIATE));
    }

    private final class Connection extends DefaultBHttpServerConnection {

        Connection(String scheme) {
            super(scheme, CONFIG, null, null);
        }

        @Override
        public void close() throws IOException {
            open.remove(this);
            super.close();
        }

        @Override
        public void close(CloseMode mode) {
            open.remove(this);
            super.close(mode);
        }
    }
}
