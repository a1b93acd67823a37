package io.cxt.simulator;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A running stand-in for CXone. It serves the {@code conversations} contract, {@code GET /stats}, {@code GET /stats/accepted} and
 * {@code POST /control}. All methods are thread-safe.
 */
public final class StandIn extends RunningStandIn<Counts> {

    public static final String TOKEN_PATH = "/api/v2/oauth/token";
    public static final String CHAT_PATH = "/api/v2/conversations/channels/chat";

    private final Router router;

    private StandIn(StandInState state, Router router) throws IOException {
        super(state, router);
        this.router = router;
    }

    /** Starts one; it is serving when this returns. */
    public static StandIn start(StandInSettings settings) throws IOException {
        StandInState state = new StandInState(settings);
        return new StandIn(state, new Router(state));
    }

    @Override
    public Counts counts() {
        return router.counts();
    }

    /** The latest chat posts in the order of arrival, as many as the journal keeps. */
    public List<ReceivedCall> calls() {
        return router.journal.calls();
    }

    /** The accepted posts of one interaction and part, as far as the journal keeps them. */
    public List<ReceivedCall> accepted(String interactionId, int part) {
        return calls().stream()
                .filter(call -> call.accepted() && call.part() == part && interactionId.equals(call.interactionId()))
                .toList();
    }

    /** One part, if it was ever accepted; not limited by the journal. */
    public Optional<ReceivedPart> delivery(String interactionId, int part) {
        return router.deliveries.find(interactionId, part);
    }

    /** All parts that were ever accepted, in no order; not limited by the journal. */
    public List<ReceivedPart> deliveries() {
        return router.deliveries.stream().toList();
    }
}
