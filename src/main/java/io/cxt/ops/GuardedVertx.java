package io.cxt.ops;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Vert.x with bounds on what a stranger can do to its HTTP servers. Camel takes the one that is in its registry, and has no
 * settings for them. Connections are files to the system: half requests without end would leave none for the inbox.
 */
public final class GuardedVertx {
    /** Longer than a scrape takes while a database does not answer. */
    private static final int IDLE_SECONDS = 60;

    /** Beyond these the oldest one is closed, so that a new one is always served. */
    private static final int MOST_CONNECTIONS = 64;

    private final String host;
    private final Set<HttpConnection> open = new LinkedHashSet<>();

    private GuardedVertx(String host) {
        this.host = host;
    }

    /**
     * Starts one. Close it.
     *
     * @param host the name that servers are asked under, beside addresses and names that nobody can register
     */
    public static Vertx start(String host) {
        GuardedVertx guard = new GuardedVertx(host);
        FileSystemOptions noFiles = new FileSystemOptions() // else it wants a folder for temporary ones
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false);
        Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(noFiles));
        return proxy(Vertx.class, vertx, (self, method, args) -> {
            if (args != null && args.length == 1 && args[0] instanceof HttpServerOptions options) {
                options.setIdleTimeout(IDLE_SECONDS);
                options.setHttp2ClearTextEnabled(false); // else a connection shows only with its first whole request
            }
            Object made = call(vertx, method, args);
            return made instanceof HttpServer server ? guard.guarded(server) : made;
        });
    }

    private HttpServer guarded(HttpServer server) {
        server.connectionHandler(this::opened);
        return proxy(HttpServer.class, server, (self, method, args) -> {
            if (method.getName().equals("requestHandler") && args != null && args[0] instanceof Handler<?> handler) {
                @SuppressWarnings("unchecked")
                Handler<HttpServerRequest> requests = (Handler<HttpServerRequest>) handler;
                return server.requestHandler(request -> answer(request, requests));
            }
            return call(server, method, args);
        });
    }

    private void opened(HttpConnection connection) {
        HttpConnection oldest = null;
        synchronized (open) {
            open.add(connection);
            if (open.size() > MOST_CONNECTIONS) {
                Iterator<HttpConnection> first = open.iterator();
                oldest = first.next();
                first.remove();
            }
        }
        connection.closeHandler(closed -> {
            synchronized (open) {
                open.remove(connection);
            }
        });
        if (oldest != null) {
            oldest.close();
        }
    }

    private void answer(HttpServerRequest request, Handler<HttpServerRequest> requests) {
        if (HostHeader.isOurs(request.getHeader("Host"), host)) {
            requests.handle(request);
        } else {
            request.response()
                    .setStatusCode(421)
                    .putHeader("Content-Type", "text/plain")
                    .end(
                            "The Host of this request is a name that others can register. Ask by address, or set ops.host to"
                                    + " the name.\n");
        }
    }

    private static Object call(Object of, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(of, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Has all that its class has: Vert.x casts to interfaces that only it knows. */
    private static <T> T proxy(Class<T> type, T of, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(
                of.getClass().getClassLoader(), of.getClass().getInterfaces(), calls));
    }
}
