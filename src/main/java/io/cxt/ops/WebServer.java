package io.cxt.ops;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server with bounds on what a stranger can do to it. Connections count as open files: without a bound, incomplete
 * requests would leave none for the inbox.
 */
public final class WebServer implements AutoCloseable {
    /** Longer than a scrape takes when the database does not answer. */
    private static final int IDLE_SECONDS = 60;

    /** When there are more, the oldest one is closed, so that a new one is always served. */
    private static final int MOST_CONNECTIONS = 64;

    private final Vertx vertx = vertx();
    private final String host;
    private final int port;
    private final HostRule rule;
    private final Set<HttpConnection> open = new LinkedHashSet<>();

    /**
     * Accepts no connections before {@link #start}. Close it even if it was not started.
     *
     * @param ownName the host name that requests may use, besides addresses and names that nobody can register
     */
    public WebServer(String host, int port, String ownName) {
        this(
                host,
                port,
                header -> HostHeader.isOurs(header, ownName)
                        ? null
                        : "The Host of this request is a name that others can register. Use an address, or set ops.host to the"
                                + " name.");
    }

    /** The same with another rule for the {@code Host} of requests. */
    public WebServer(String host, int port, HostRule rule) {
        this.host = host;
        this.port = port;
        this.rule = rule;
    }

    /** Which {@code Host} a request may have. */
    public interface HostRule {
        /**
         * Why it may not, and what to do, in a sentence; null when it may.
         *
         * @param header as received, or null
         */
        @Nullable
        String refusal(@Nullable String header);
    }

    /** Something that is served; each mount has its own paths. */
    public interface Mount {
        void on(Router router);
    }

    /**
     * The answer to a GET of one path. It may block: it has a thread of its own.
     *
     * @param path matched with and without a trailing slash
     * @param type media type of the answer; a request that does not accept it gets 406
     */
    public static Mount get(String path, String type, Function<RoutingContext, String> answer) {
        String plain = type.replaceFirst(";.*", "");
        return router -> router.route(HttpMethod.GET, path).produces(plain).blockingHandler(request -> {
            String body = answer.apply(request); // first: it sets the status
            request.response().putHeader("Content-Type", type).end(body);
        });
    }

    /**
     * Serves the mounts; returns when the server is listening.
     *
     * @throws IOException when it cannot listen there
     */
    public void start(List<Mount> mounts) throws IOException, InterruptedException {
        Router router = Router.router(vertx);
        mounts.forEach(mount -> mount.on(router));
        start(router);
    }

    /** Like {@link #start(List)}, with one handler for all requests. */
    public HttpServer start(Handler<HttpServerRequest> requests) throws IOException, InterruptedException {
        HttpServerOptions options = new HttpServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false); // or a connection shows only with its first complete request
        try {
            return vertx.createHttpServer(options)
                    .connectionHandler(this::opened)
                    .requestHandler(request -> answer(request, requests))
                    .listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("cannot listen on %s:%s".formatted(host, port), e.getCause());
        }
    }

    /** The Vert.x instance that it runs on. */
    public Vertx engine() {
        return vertx;
    }

    @Override
    public void close() {
        vertx.close();
    }

    private static Vertx vertx() {
        FileSystemOptions noFiles = new FileSystemOptions() // or it needs a folder for temporary ones
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false);
        return Vertx.vertx(new VertxOptions().setFileSystemOptions(noFiles));
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
        String refusal = rule.refusal(request.getHeader("Host"));
        if (refusal == null) {
            requests.handle(request);
        } else {
            request.response()
                    .setStatusCode(421)
                    .putHeader("Content-Type", "text/plain")
                    .end(refusal + "\n");
        }
    }
}
