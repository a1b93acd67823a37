package io.cxt.simulator;

import java.io.IOException;

/** Sends each request of the {@code conversations} contract to the handler of its path. */
final class Router implements RunningStandIn.Handler {

    final ReceivedParts deliveries = new ReceivedParts();
    final Journal<ReceivedCall> journal;
    private final StandInState state;
    private final ChatHandler chat;
    private final TokenHandler token;
    private final Control control;

    Router(StandInState state) {
        this.state = state;
        this.journal = new Journal<>(state.settings.journalSize, ReceivedCall::number);
        this.chat = new ChatHandler(state, deliveries, journal);
        this.token = new TokenHandler(state, new ClientCredentials(state));
        this.control = new Control(state, Control::noMore);
    }

    @Override
    public Reply handle(Request request) throws IOException {
        return switch (request.method() + " " + request.path()) {
            case "POST " + StandIn.CHAT_PATH -> chat.handle(request);
            case "POST " + StandIn.TOKEN_PATH -> token.handle(request);
            case "GET /stats" -> Reply.json(200, Json.of(counts()));
            case "GET /stats/accepted" -> Reply.lines(deliveries::writeLines);
            case "POST /control" -> control.handle(request);
            default -> Reply.error(404, "not_found", "no such method and path");
        };
    }

    Counts counts() {
        long distinct = deliveries.distinct();
        long accepted = deliveries.accepted();
        return new Counts(
                state.signIns.sum(),
                state.signInsRefused.sum(),
                state.posts.sum(),
                accepted,
                distinct,
                Math.max(0, accepted - distinct),
                deliveries.changed(),
                state.refused.sums(),
                state.unanswered.sum(),
                state.rateLimited.sum(),
                state.duringRetryAfter.sum(),
                state.faults.sums());
    }
}
