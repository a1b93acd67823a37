package io.cxt.runtime;

import io.cxt.archive.Archive;
import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.DeadLetters;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.FeedSource;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.ForwardProxy;
import io.cxt.cxone.PartMaker;
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
import io.cxt.ledger.Ledger;
import io.cxt.mapping.Mappings;
import io.cxt.pace.Lane;
import io.cxt.pickup.AnswerToSender;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.FolderOwner;
import io.cxt.pickup.body.BodyPickup;
import io.cxt.pickup.stream.StreamPickup;
import io.cxt.settings.Settings;
import io.cxt.steps.AnswerReading;
import io.cxt.steps.RowStatement;
import io.cxt.steps.SetAside;
import io.cxt.steps.Taps;
import io.cxt.steps.TranscriptReading;
import io.cxt.transcript.TranscriptSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the routes call by name, made from the settings and bound to a Camel context under {@code cxt…}. Each
 * area brings its own beans.
 *
 * <p>Long because a start, a stop and every question about the whole program come through it.
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
            @Nullable DataSource database) {}

    private static final Logger LOG = LoggerFactory.getLogger(CxtComponents.class);
    /** What gzip makes of chats, seen on real ones. */
    private static final int TYPICAL_PACKING = 6;

    private final Closeables parts;
    private boolean made;
    private final CxoneSettings settings;
    private final CxoneTarget target = new Conversations();
    private final Ledger ledger;
    private final CxoneComponents cxone;
    private final InboxComponents inbox;
    private final DeadLetters letters;
    private final Backlog backlog = new Backlog();
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

    private CxtComponents(Settings all, Run run, Clock clock, Closeables parts) {
        this.parts = parts;
        settings = CxoneSettings.from(all);
        IntakeSettings intakeSettings = IntakeSettings.from(all);
        LedgerSettings ledgerSettings = LedgerSettings.from(all).on(run.database());
        TranscriptSettings transcripts = TranscriptSettings.from(all, target.limits());
        PartMaker maker = new PartMaker(target, transcripts, clock);
        boolean watching = all.flag("pickup.file.enabled", true);
        ArchiveSettings archiving = ArchiveSettings.from(all, intakeSettings.dataFolder());
        Optional<FeedSource> feedElsewhere = FeedSource.from(all);
        PickupSettings wanted = PickupSettings.from(all);
        IdPrefixes prefixes = IdPrefixes.from(all);
        Duration lease = LedgerSettings.lease(all);
        all.check();

        Path data = intakeSettings.dataFolder();
        Folders.make(data, intakeSettings.inbox(), archiving.folder());
        ledger = parts.add(Ledger.open(ledgerSettings, run.fingerprint(), settings.resendInDoubt(), lease, clock));
        parts.add(this::noteStop);
        FeedSource feed = parts.add(feedElsewhere.orElseGet(ledger::feedSource));
        feed.createTable();
        cxone = new CxoneComponents(settings, target, ledger, run.endWhenStopped(), parts);
        FolderClaims claims = new FolderClaims(
                FolderOwner.of(ledger.id(), ledger.instance(), data, ledger.shared()),
                ledger.intakes(),
                ledger.doubts());
        inbox = new InboxComponents(intakeSettings, watching, claims, run.mappings(), parts);
        Archive archive = parts.add(archiving.open(ledger.instance(), clock));
        foregone = new AlreadyDelivered(ledger.finished(), maker, archiving.enabled());
        SourceTranscripts.Needs needs = new SourceTranscripts.Needs(
                transcripts,
                ByteBudget.ofHeap(),
                backlog,
                foregone,
                prefixes,
                ledger.intakes(),
                intakeSettings.maxRefusals());
        intake = new Intake(ledger.intakes(), intakeSettings.reports(), needs, backlog, settings.maxInFlight(), clock);
        doors = new Pickups(wanted, inbox.watched(), claims, intake, backlog, run.mappings(), data, clock);
        parts.add(doors::end);
        ExecutorService taps = RouteThreadPools.taps(settings.maxInFlight());
        parts.add(taps::shutdownNow);
        parts.add(backlog::abandon);
        letters = new DeadLetters(data.resolve("dead-letters"), data);

        beans.putAll(doors.beans());
        beans.putAll(inbox.beans(intake, clock));
        beans.putAll(cxone.beans(maker, archiving.enabled(), backlog, run.times(), clock));
        beans.putAll(intakeBeans());
        beans.put("cxtBodyPickup", new BodyPickup(intake, transcripts.options().maxRecordBytes()));
        beans.put("cxtStreamPickup", new StreamPickup(intake, run.mappings(), data, intakeSettings.inbox(), clock));
        beans.put("cxtAnswerToSender", new AnswerToSender());
        int maxBytes = transcripts.limits().maxBytes();
        beans.put("cxtSetAside", new SetAside(letters, ledger.deliveries(), target.name(), maxBytes, clock));
        beans.putAll(tapBeans(new Taps(archive, ledger.deliveries(), target.name(), clock), taps, feed));
        made = true;
    }

    private Map<String, Object> intakeBeans() {
        TranscriptReading reading = new TranscriptReading(intake);
        return Map.of(
                "cxtIntake", reading,
                "cxtTranscriptBegins", (Processor) reading::tie,
                "cxtUnforeseen", (Processor) reading::unforeseen);
    }

    private static Map<String, Object> tapBeans(Taps taps, ExecutorService pool, FeedSource feed) {
        return Map.of(
                "cxtTaps",
                taps,
                "cxt-taps",
                pool,
                "cxtTapOpens",
                (Processor) Taps::open,
                "cxtTapTrouble",
                (Processor) Taps::trouble,
                "cxtRowStatement",
                new RowStatement(),
                "cxtAuditFeed",
                feed);
    }

    private void noteStop() {
        if (made) {
            ledger.note(Type.STOPPED, null);
        }
    }

    /** Puts the parts where the routes find them, and ends with the context. Call before the routes are loaded. */
    public void bindTo(CamelContext camel) {
        bindBeans(camel);
        camel.addLifecycleStrategy(new Lifecycle());
    }

    private final class Lifecycle extends LifecycleStrategySupport {
        @Override
        public void onEndpointAdd(Endpoint endpoint) {
            cxone.connect(endpoint);
        }

        @Override
        public void onContextStarting(CamelContext context) {
            if (inbox.watched().isPresent()) {
                intake.orphaned().look("file", inbox::names);
            }
        }

        @Override
        public void onContextStarted(CamelContext context) {
            if (!parts.closed()) { // else a host that starts after all
                ledger.note(Type.STARTED, "cxt " + version() + " target=" + target.name());
            }
        }

        @Override
        public void onContextStopping(CamelContext context) {
            stop();
        }
    }

    /**
     * Puts the parts where routes find them by name. Nobody finds them by type: Camel gives components the only
     * DataSource there is, and a host's components must go on to find the host's.
     */
    void bindBeans(CamelContext camel) {
        beans.forEach((name, bean) -> camel.getRegistry().bind(name, Object.class, () -> bean));
        RouteThreadPools.bindTo(camel, settings.maxInFlight());
    }

    /** What routes may call by name. */
    Set<String> beanNames() {
        return beans.keySet();
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

    /** What the routes read in double braces and no property sets. */
    public Map<String, String> computed() {
        return cxone.computed();
    }

    /** Says, where {@code cxone.proxy} is not set, what else this process was told of a proxy. */
    public void tellProxyOfOthers() {
        if (settings.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> LOG.warn("proxy settings reason=\"{}\"", words));
        }
    }

    public Lane lane() {
        return cxone.lane;
    }

    int callsInFlight() {
        return cxone.gate.inFlight();
    }

    public Backlog backlog() {
        return backlog;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** True when no source that is enabled holds anything more. */
    public boolean drained() {
        return backlog.openReadings() == 0 && inbox.drained() && doors.drained();
    }

    /** True when no such source holds anything that another reading would help now. */
    public boolean atRest() {
        return backlog.openReadings() == 0 && inbox.atRest(undecided()) && doors.atRest();
    }

    /** Sources that cannot be decided, and why. */
    public UndecidedSources undecided() {
        return intake.undecided();
    }

    /** How many things lie where transcripts come in and are never taken; says those that were not said yet. */
    public long passedOver() {
        return inbox.passedOver() + doors.passedOver();
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
        return doors.waiting().and(inbox.waiting(packing));
    }

    /** Why calls wait at the moment, for a person; empty when they do not. */
    public Optional<String> paused() {
        return cxone.gate.paused();
    }

    /** How many sources were given up since the start: they lie in {@code .failed}, or are dead letters. */
    long givenUp() {
        return intake.abandoned() + doors.turnedAway();
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
        cxone.lane.close();
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
