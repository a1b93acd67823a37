package io.cxt.runtime;

import io.cxt.archive.Archive;
import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.DeadLetters;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.FeedSource;
import io.cxt.cxone.Answers;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.CxoneConnections;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.ForwardProxy;
import io.cxt.cxone.RetryAfter;
import io.cxt.cxone.SignIn;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.AlreadyDelivered;
import io.cxt.intake.Backlog;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.Intake;
import io.cxt.intake.IntakeSettings;
import io.cxt.intake.SourceTranscripts;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.Pauses;
import io.cxt.mapping.Mappings;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import io.cxt.pace.SharedPaceStore;
import io.cxt.pickup.AnswerToSender;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.FolderOwner;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.body.BodyPickup;
import io.cxt.pickup.file.FileMoves;
import io.cxt.pickup.file.FilePickup;
import io.cxt.pickup.file.SettledFiles;
import io.cxt.pickup.file.WatchedFolder;
import io.cxt.pickup.stream.StreamPickup;
import io.cxt.settings.Settings;
import io.cxt.steps.AnswerReading;
import io.cxt.steps.CallGate;
import io.cxt.steps.Calls;
import io.cxt.steps.Preparation;
import io.cxt.steps.RowStatement;
import io.cxt.steps.SetAside;
import io.cxt.steps.Taps;
import io.cxt.steps.TranscriptJson;
import io.cxt.text.SafeName;
import io.cxt.transcript.TranscriptSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the routes call by name, made from the settings and bound to a Camel context under {@code cxt…}.
 *
 * <p>Long because each part is named here once: where it is made, bound, asked and closed.
 */
public final class CxtComponents implements AutoCloseable {
    /**
     * What no property sets.
     *
     * @param fingerprint of routes and configuration, noted in each audit event
     * @param mappings how other formats are read
     * @param endWhenStopped true to give up waiting when a person must act first, as a run that ends does
     * @param times told how long each call took
     * @param database of a host, for the ledger; null to use {@code ledger.url}
     */
    public record Run(
            String fingerprint,
            Mappings mappings,
            boolean endWhenStopped,
            AnswerReading.CallTimes times,
            DataSource database) {}

    private static final Logger LOG = LoggerFactory.getLogger(CxtComponents.class);
    /** What gzip makes of chats, seen on real ones. */
    private static final int TYPICAL_PACKING = 6;

    private final Closeables parts;
    private boolean made;
    private final CxoneSettings cxone;
    private final CxoneTarget target = new Conversations();
    private final URI callUri;
    private final Ledger ledger;
    private final CxoneConnections connections;
    private final Lane lane;
    private final CallGate gate;
    private final DeadLetters letters;
    private final Backlog backlog = new Backlog();
    private final SettledFiles files;
    private final boolean watching;
    private final Intake intake;
    private final AlreadyDelivered foregone;
    private final Pickups doors;
    private final Map<String, Object> beans = new LinkedHashMap<>();

    /**
     * Opens the ledger and makes the parts.
     *
     * @throws io.cxt.settings.InvalidSettingsException naming every setting that cannot be used
     * @throws io.cxt.db.LedgerException when the ledger cannot be opened
     */
    public static CxtComponents open(Settings settings, Run run, Clock clock) {
        Closeables parts = new Closeables();
        boolean open = false;
        try {
            CxtComponents bundle = new CxtComponents(settings, run, clock, parts);
            open = true;
            return bundle;
        } finally {
            if (!open) {
                parts.close();
            }
        }
    }

    private CxtComponents(Settings settings, Run run, Clock clock, Closeables parts) {
        this.parts = parts;
        cxone = CxoneSettings.from(settings);
        IntakeSettings intakeSettings = IntakeSettings.from(settings);
        LedgerSettings ledgerSettings = LedgerSettings.from(settings).on(run.database());
        TranscriptSettings transcripts = TranscriptSettings.from(settings, target.limits());
        watching = settings.flag("pickup.file.enabled", true);
        ArchiveSettings archiving = ArchiveSettings.from(settings, intakeSettings.dataFolder());
        Optional<FeedSource> feedElsewhere = FeedSource.from(settings);
        PickupSettings wanted = PickupSettings.from(settings);
        IdPrefixes prefixes = IdPrefixes.from(settings);
        Duration lease = LedgerSettings.lease(settings);
        settings.check();
        callUri = URI.create(cxone.baseUrl() + target.callPath());

        Path data = intakeSettings.dataFolder();
        Folders.make(data, intakeSettings.inbox(), archiving.folder());
        ledger = parts.add(Ledger.open(ledgerSettings, run.fingerprint(), cxone.resendInDoubt(), lease, clock));
        parts.add(this::noteStop);
        FeedSource feed = parts.add(feedElsewhere.orElseGet(ledger::feedSource));
        feed.createTable();
        CallLimits callLimits = parts.add(new CallLimits(cxone.callDeadline().toMillis(), cxone.proxy()));
        connections = CxoneConnections.open(cxone.tls(), null);
        parts.add(connections::end);
        SignIn signIn = parts.add(new SignIn(cxone, target, callLimits, ledger::signedIn));
        lane = parts.add(new Lane(
                ledger.connections()
                        .map(shared -> (PaceStore) new SharedPaceStore(
                                shared, target.name(), cxone.requestsPerSecond(), LedgerException::asking))
                        .orElseGet(this::ownKeeper),
                cxone.firstDelay(),
                cxone.maxWait(),
                run.endWhenStopped()));
        FolderClaims claims = new FolderClaims(
                FolderOwner.of(ledger.id(), ledger.instance(), data, ledger.shared()),
                ledger.intakes(),
                ledger.doubts());
        WatchedFolder inbox = new WatchedFolder(intakeSettings.inbox(), claims);
        parts.add(inbox::end);
        FolderClaim claim = watching ? inbox.open() : inbox.claim();
        files = new SettledFiles(
                intakeSettings.inbox(), intakeSettings.settle(), new IgnoredFiles("file", run::mappings), claim::held);
        Deliveries deliveries = ledger.deliveries();
        Archive archive = parts.add(archiving.open(ledger.instance(), clock));
        foregone = new AlreadyDelivered(ledger.settled(), target, transcripts, archiving.enabled());
        SourceTranscripts.Needs needs = new SourceTranscripts.Needs(
                transcripts,
                ByteBudget.ofHeap(),
                backlog,
                foregone,
                prefixes,
                ledger.intakes(),
                intakeSettings.maxRefusals());
        intake = new Intake(ledger.intakes(), intakeSettings.reports(), needs, backlog, cxone.maxInFlight(), clock);
        doors = new Pickups(wanted, watching ? inbox : null, claims, intake, backlog, run.mappings(), data, clock);
        parts.add(doors::end);
        ExecutorService taps = RouteThreadPools.taps(cxone.maxInFlight());
        parts.add(taps::shutdownNow);
        parts.add(backlog::abandon);
        beans.putAll(doors.beans());
        Answers answers = new Answers(target, new RetryAfter(cxone.maxWait(), clock));
        letters = new DeadLetters(data.resolve("dead-letters"), data);
        beans.put("cxtSettledFiles", files);
        beans.put("cxtIntake", intake);
        FileMoves moves = new FileMoves(files, intake::renamed, clock);
        beans.put("cxtFileMoves", moves);
        beans.put("cxtFilePickup", new FilePickup(intake, run.mappings(), files, moves, claim, data));
        beans.put("cxtBodyPickup", new BodyPickup(intake, transcripts.options().maxRecordBytes()));
        beans.put(
                "cxtStreamPickup",
                new StreamPickup(intake, run.mappings(), data, intakeSettings.inbox(), clock));
        beans.put("cxtAnswerToSender", new AnswerToSender());
        beans.put("cxtPreparation", new Preparation(target, transcripts, deliveries, clock));
        beans.put("cxtTranscripts", new TranscriptJson(transcripts.options()));
        gate = new CallGate(lane, cxone.maxInFlight());
        beans.put("cxtCalls", new Calls(deliveries, ledger.intakes(), gate, signIn, cxone, archiving.enabled()));
        beans.put("cxtTried", (Processor) Calls::tried);
        beans.put("cxtAnswers", new AnswerReading(deliveries, gate, signIn, answers, cxone, backlog, run.times()));
        beans.put("cxtCallLimits", (HttpClientConfigurer) callLimits::applyTo);
        beans.put(
                "cxtSetAside",
                new SetAside(
                        letters, deliveries, target.name(), transcripts.limits().maxBytes(), clock));
        beans.put("cxtTaps", new Taps(archive, deliveries, target.name(), clock));
        beans.put("cxtTranscriptBegins", (Processor) intake::passageBegins);
        beans.put("cxt-taps", taps);
        beans.put("cxtUnforeseen", (Processor) intake::unforeseen);
        beans.put("cxtTapOpens", (Processor) Taps::open);
        beans.put("cxtRowStatement", new RowStatement());
        beans.put("cxtTapTrouble", (Processor) Taps::trouble);
        beans.put("cxtAuditFeed", feed);
        made = true;
    }

    private void noteStop() {
        if (made) {
            ledger.note(Type.STOPPED, null);
        }
    }

    /** A pause goes on over a restart. */
    private PaceStore ownKeeper() {
        Pauses pauses = ledger.pauses(target.name(), cxone.maxWait());
        return PaceStore.own(cxone.requestsPerSecond(), pauses.left(), pauses::begun);
    }

    /** Puts the parts where the routes find them, and ends with the context. Call before the routes are loaded. */
    public void bindTo(CamelContext camel) {
        bindBeans(camel);
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onEndpointAdd(Endpoint endpoint) {
                if (endpoint instanceof HttpEndpoint http && callUri.equals(http.getHttpUri())) {
                    connect(http);
                }
            }

            @Override
            public void onContextStarting(CamelContext context) {
                if (watching) {
                    intake.takenAway().look("file", CxtComponents.this::namesThere);
                }
            }

            @Override
            public void onContextStarted(CamelContext context) {
                if (parts.closed()) {
                    return; // a host that starts after all
                }
                ledger.note(Type.STARTED, "cxt " + version() + " target=" + target.name());
            }

            @Override
            public void onContextStopping(CamelContext context) {
                stop();
            }
        });
    }

    /** Our own connections; where a host has set its own for all, or how TLS is spoken, that stays. */
    private void connect(HttpEndpoint http) {
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

    /**
     * Puts the parts where routes find them by name. Nobody finds them by type: Camel gives components the only
     * DataSource there is, and a host's components must go on to find the host's.
     */
    void bindBeans(CamelContext camel) {
        beans.forEach((name, bean) -> camel.getRegistry().bind(name, Object.class, () -> bean));
        RouteThreadPools.bindTo(camel, cxone.maxInFlight());
    }

    /** What routes may call by name. */
    Set<String> beanNames() {
        return beans.keySet();
    }

    private Set<String> namesThere() {
        Set<String> names = new HashSet<>();
        files.drained(name -> names.add(name) | names.add(SafeName.keptFormerly(name)) | true); // looks at each
        return names;
    }

    /** The contract that is spoken, as {@code cxone.target} names it. */
    String target() {
        return target.name();
    }

    static String version() {
        String version = CxtComponents.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    AlreadyDelivered foregone() {
        return foregone;
    }

    /** What the routes read in double braces and nobody sets: where a part is posted, and how many are in hand at once. */
    public Map<String, String> computed() {
        int inHand = cxone.maxInFlight() + Math.max(1, cxone.maxInFlight() / 8);
        return Map.of("cxone.call-url", callUri.toString(), "cxone.parts-in-hand", Integer.toString(inHand));
    }

    /** Says, where {@code cxone.proxy} is not set, what else this process was told of a proxy. */
    public void tellProxyOfOthers() {
        if (cxone.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> LOG.warn("proxy settings reason=\"{}\"", words));
        }
    }

    public Lane lane() {
        return lane;
    }

    int callsInFlight() {
        return gate.inFlight();
    }

    public Backlog backlog() {
        return backlog;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** True when no source that is enabled holds anything more. */
    public boolean drained() {
        return backlog.openReadings() == 0
                && (!watching
                        || files.drained(name -> false) && files.leftBehind().nothing())
                && doors.drained();
    }

    /** True when no such source holds anything more than what another reading would not help now. */
    public boolean atRest() {
        return backlog.openReadings() == 0
                && (!watching || files.drained(name -> undecided().hopeless("file", name)))
                && doors.atRest();
    }

    /** Sources that cannot be decided, and why. */
    public UndecidedSources undecided() {
        return intake.undecided();
    }

    /** How many things lie where transcripts come in and are never taken; says those that were not said yet. */
    public long passedOver() {
        return (watching ? files.passedOver() : 0) + doors.passedOver();
    }

    /** The doors that are switched on, beside the watched folder. */
    public Pickups doors() {
        return doors;
    }

    /** What waits in the sources, less what is read already of those that are being read. */
    public WaitingCounts waiting() {
        return waiting(1).and(backlog.handedOver()).without(backlog.readOfOpen(TYPICAL_PACKING));
    }

    /** Bytes that wait in the sources or are being read, with a guess at what packed files unpack to. */
    public long unpackedBytesWaiting() {
        return waiting(TYPICAL_PACKING).bytes();
    }

    private WaitingCounts waiting(int packing) {
        return doors.waiting().and(watching ? files.waiting(packing) : WaitingCounts.NOTHING);
    }

    /** Why calls wait at the moment, for a person; empty when they do not. */
    public Optional<String> paused() {
        return gate.paused();
    }

    /** How many sources were given up since the start: they lie in {@code .failed}, or are dead letters. */
    long givenUp() {
        return intake.givenUp() + doors.turnedAway();
    }

    /** How many dead letters there are, those of earlier runs with them. */
    long deadLetters() {
        return letters.count();
    }

    /** Ends intake; calls that are on their way come to their end. */
    private void stop() {
        intake.stop();
        ledger.hurry();
        doors.stop();
        lane.close();
    }

    /** Lets go of everything. Call when the Camel context has stopped. */
    @Override
    public void close() {
        if (!parts.closed()) {
            stop();
            parts.close();
        }
    }
}
