package io.cxt.simulator;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v2/conversations/channels/chat}. */
final class ChatHandler {

    /** Largest body accepted, bytes as sent. */
    static final int MOST_BYTES = 1_048_576;

    private final StandInState state;
    private final ReceivedParts deliveries;
    private final Journal<ReceivedCall> journal;
    private final AtomicLong lastNumber = new AtomicLong();

    ChatHandler(StandInState state, ReceivedParts deliveries, Journal<ReceivedCall> journal) {
        this.state = state;
        this.deliveries = deliveries;
        this.journal = journal;
    }

    /** @throws IOException when the caller gets a TCP reset in place of an answer */
    Reply handle(Request request) throws IOException {
        state.posts.increment();
        return new Post(request, lastNumber.incrementAndGet()).handle(state.script, true);
    }

    private final class Post extends Visit {
        private byte @Nullable [] sha256;
        private ChatReader.@Nullable Chat chat;
        private @Nullable Reply refusal;

        Post(Request request, long number) {
            super(ChatHandler.this.state, request, number);
        }

        @Override
        protected @Nullable Reply refusalBeforeBody() {
            if (!signedIn()) {
                return Reply.error(401, "invalid_token", "the token is missing, expired or revoked")
                        .withHeader("WWW-Authenticate", "Bearer");
            }
            long wait = waitForRate();
            return wait == 0 ? null : toWait(Reply.error(429, "too_many_requests", "the rate limit is reached"), wait);
        }

        @Override
        protected void read() throws IOException {
            body = request.body(MOST_BYTES);
            if (body == null) {
                refusal = Reply.error(413, "payload_too_large", "the body is larger than " + MOST_BYTES + " bytes");
                return;
            }
            sha256 = sha256(body);
            try {
                chat = ChatReader.read(body);
            } catch (ChatReader.ContractViolation e) {
                refusal = Reply.error(400, "bad_request", e.getMessage());
            }
            if (!request.isOf("application/json")) {
                refusal = Reply.error(415, "unsupported_media_type", "Content-Type must be application/json");
            }
        }

        @Override
        protected Reply answer() {
            if (refusal != null || chat == null || sha256 == null) {
                return refusal == null ? Reply.error(400, "bad_request", "there is no chat") : refusal;
            }
            String conversationId = deliveries.accept(chat, sha256);
            accepted = true;
            return Reply.json(201, "{\"conversationId\":\"" + conversationId + "\"}");
        }

        @Override
        protected void record(int status, @Nullable Fault fault) {
            if (!journal.keeps()) {
                return;
            }
            boolean keep = state.settings.keepRequests;
            journal.add(new ReceivedCall(
                    number,
                    arrived,
                    arrivedNanos,
                    chat == null ? null : chat.interactionId(),
                    chat == null ? 1 : chat.part(),
                    request.header("Idempotency-Key"),
                    token,
                    status,
                    accepted,
                    fault == null ? null : fault.toString(),
                    hex(sha256),
                    keep ? request.headers() : Map.of(),
                    keep ? body : null));
        }
    }
}
