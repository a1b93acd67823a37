package io.cxt.console;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the part of a page that changes to browsers that stay on it, as server-sent events. Nobody waits for a slow one. */
final class LiveUpdates {
    private static final Logger LOG = LoggerFactory.getLogger(LiveUpdates.class);
    private static final long EVERY_MS = Duration.ofSeconds(2).toMillis();
    /** The browser begins another one. */
    private static final int MOST_LOOKS = 300;

    private static final int MOST_STREAMS = 20;

    /** So many times in a row a browser had not read what it got: it is gone, or never will. */
    private static final int MOST_UNREAD = 15;

    private final Vertx vertx;
    private final AtomicInteger streams = new AtomicInteger();

    LiveUpdates(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Answers with a stream, on which the part is sent whenever it has changed.
     *
     * @param part makes it; null ends the stream, as a fault does. It may block
     * @return false when there are too many streams
     */
    boolean begin(RoutingContext request, Supplier<@Nullable String> part) {
        if (streams.incrementAndGet() > MOST_STREAMS) {
            streams.decrementAndGet();
            return false;
        }
        HttpServerResponse response =
                request.response().setChunked(true).putHeader("Content-Type", "text/event-stream; charset=utf-8");
        Stream stream = new Stream(response, part);
        response.closeHandler(closed -> stream.end());
        stream.timer = vertx.setPeriodic(EVERY_MS, timer -> stream.look());
        stream.look();
        return true;
    }

    private final class Stream {
        private final HttpServerResponse response;
        private final Supplier<@Nullable String> part;
        private String last = "";
        private int looks;
        private int unread;
        private boolean looking;
        private boolean ended;
        private long timer = -1;

        Stream(HttpServerResponse response, Supplier<@Nullable String> part) {
            this.response = response;
            this.part = part;
        }

        synchronized void look() {
            if (looking || ended) {
                return;
            }
            unread = response.writeQueueFull() ? unread + 1 : 0;
            if (unread > MOST_UNREAD) {
                end();
                response.reset();
            } else if (unread == 0) { // else nothing is added to what waits for a slow one
                looking = true;
                vertx.<@Nullable String>executeBlocking(part::get, false).onComplete(made -> {
                    if (made.failed()) {
                        LOG.debug("A page cannot be made again: its stream ends", made.cause());
                    }
                    send(made.result());
                });
            }
        }

        private synchronized void send(@Nullable String html) {
            looking = false;
            if (ended) {
                return;
            }
            if (html == null || ++looks > MOST_LOOKS) {
                response.end();
                end();
            } else if (Objects.equals(html, last)) {
                response.write(":\n\n"); // a browser that is gone is noticed by it
            } else {
                last = html;
                response.write("data: " + html.replace("\r", "").replace("\n", "\ndata: ") + "\n\n");
            }
        }

        synchronized void end() {
            if (!ended) {
                ended = true;
                vertx.cancelTimer(timer);
                streams.decrementAndGet();
            }
        }
    }
}
