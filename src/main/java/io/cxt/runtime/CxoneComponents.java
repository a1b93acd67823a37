package io.cxt.runtime;

import io.cxt.cxone.Answers;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneConnections;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.InDoubt;
import io.cxt.cxone.PartMaker;
import io.cxt.cxone.RetryAfter;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInListener;
import io.cxt.db.LedgerException;
import io.cxt.intake.Backlog;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.Pauses;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import io.cxt.pace.SharedPaceStore;
import io.cxt.steps.AnswerReading;
import io.cxt.steps.CallGate;
import io.cxt.steps.Calls;
import io.cxt.steps.Preparation;
import io.cxt.steps.TranscriptJson;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;

/** The way to CXone: connections, sign-in, lane and the beans of the routes prepare-transcript to call-cxone. */
final class CxoneComponents {
    /** Stands where an address belongs that CXone is asked for; each call has its own then. */
    private static final String UNKNOWN = "https://cxone.invalid";

    final Lane lane;
    final CallGate gate;
    private final CxoneSettings settings;
    private final CxoneTarget target;
    private final Ledger ledger;
    private final URI callUri;
    private final CallLimits callLimits;
    private final CxoneConnections connections;
    private final SignIn signIn;

    CxoneComponents(CxoneSettings settings, Ledger ledger, boolean endWhenStopped, Closeables parts) {
        this.settings = settings;
        this.target = settings.target();
        this.ledger = ledger;
        callUri = URI.create(addressOf(target) + target.callPath());
        callLimits = parts.add(new CallLimits(settings));
        connections = CxoneConnections.open(settings.tls(), null);
        parts.add(connections::end);
        signIn = parts.add(
                new SignIn(settings, callLimits, SignInListener.of(ledger::leaves, ledger::signedIn, ledger::called)));
        PaceStore pace = ledger.connections()
                .map(shared -> (PaceStore) new SharedPaceStore(
                        shared, target.name(), settings.requestsPerSecond(), LedgerException::asking))
                .orElseGet(this::ownPace);
        lane = parts.add(new Lane(pace, settings.firstDelay(), settings.maxWait(), endWhenStopped));
        gate = new CallGate(lane, settings.maxInFlight(), settings.inDoubt() == InDoubt.LOOKUP);
    }

    /** What stands before the paths of a target, or in its place. */
    static URI addressOf(CxoneTarget target) {
        return URI.create(target.baseUrl().isEmpty() ? UNKNOWN : target.baseUrl());
    }

    /** A pause continues after a restart. */
    private PaceStore ownPace() {
        Pauses pauses = ledger.pauses(target.name(), settings.maxWait());
        return PaceStore.own(settings.requestsPerSecond(), pauses.left(), pauses::begun);
    }

    /** @param archiving true when what is sent is archived */
    Map<String, Object> beans(
            PartMaker maker, boolean archiving, Backlog backlog, AnswerReading.CallTimes times, Clock clock) {
        Deliveries deliveries = ledger.deliveries();
        Answers answers = new Answers(target, new RetryAfter(settings.maxWait(), clock));
        return Map.ofEntries(
                Map.entry("cxtPreparation", new Preparation(maker, deliveries)),
                Map.entry("cxtTranscripts", new TranscriptJson(maker.settings().options())),
                Map.entry(
                        "cxtCalls", new Calls(deliveries, ledger.intakes(), gate, signIn, settings, archiving, clock)),
                Map.entry("cxtTried", (Processor) Calls::tried),
                Map.entry("cxtAnswers", new AnswerReading(deliveries, gate, signIn, answers, settings, backlog, times)),
                Map.entry("cxtCallLimits", (HttpClientConfigurer) client -> callLimits.applyTo(client, gate)));
    }

    /** What the routes read in double braces and no property sets: the address of a call, the most parts in flight. */
    Map<String, String> computed() {
        int inFlight = settings.maxInFlight() + Math.max(1, settings.maxInFlight() / 8);
        return Map.of("cxone.call-url", callUri.toString(), "cxone.parts-in-flight", Integer.toString(inFlight));
    }

    /** Gives the endpoint of the POST our connections, unless a host has set connections or TLS of its own. */
    void connect(Endpoint endpoint) {
        if (!(endpoint instanceof HttpEndpoint http) || !callUri.equals(http.getHttpUri())) {
            return;
        }
        HttpComponent component = http.getComponent();
        if (component.getClientConnectionManager() == null
                && component.getSslContextParameters() == null
                && !component.isUseGlobalSslContextParameters()
                && http.getSslContextParameters() == null
                && http.getClientConnectionManager() instanceof PoolingHttpClientConnectionManager made) {
            http.setClientConnectionManager(connections.asManyAs(made));
            made.close();
        }
    }
}
