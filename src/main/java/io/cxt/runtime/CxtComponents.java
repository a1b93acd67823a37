package io.cxt.runtime;

import io.cxt.archive.Archive;
import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.DeadLetters;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.CheckpointCopies;
import io.cxt.audit.FeedSource;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.PartMaker;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.AlreadyDelivered;
import io.cxt.intake.BackfillFolders;
import io.cxt.intake.Backlog;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.HeldSources;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.Intake;
import io.cxt.intake.IntakeSettings;
import io.cxt.intake.KeptLetters;
import io.cxt.intake.Selection;
import io.cxt.intake.SourceTranscripts;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.intake.WaitingTranscripts;
import io.cxt.ledger.JobItem;
import io.cxt.ledger.Ledger;
import io.cxt.mapping.Mappings;
import io.cxt.pace.CallWindows;
import io.cxt.pace.Lane;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.FolderOwner;
import io.cxt.pickup.body.BodyPickup;
import io.cxt.pickup.file.LargeFolderComponent;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpSettings;
import io.cxt.pickup.stream.StreamPickup;
import io.cxt.redaction.Redaction;
import io.cxt.retention.DailyPruning;
import io.cxt.retention.RetentionSettings;
import io.cxt.settings.Settings;
import io.cxt.steps.AnswerReading;
import io.cxt.steps.Redacting;
import io.cxt.steps.SetAside;
import io.cxt.steps.TranscriptReading;
import io.cxt.transcript.TranscriptSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.VetoCamelContextStartException;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * The beans that the routes call by name, made from the settings and bound to a Camel context under {@code cxt…}.
 * Each area brings its own.
 *
 * <p>Long because a start, a stop and every question about the whole program come through it.
 */
public final class CxtComponents implements AutoCloseable {
    /**
     * What no property sets.
     *
     * @param fingerprint of routes and configuration, recorded in each audit event
     * @param mappings how other formats are read
     * @param endWhenStopped true to stop waiting when a person must act first, as a run that ends does
     * @param times told how long each call took
     * @param database of a host, for the ledger; null to use {@code ledger.url}
     */
    public record Run(
            String fingerprint,
            Mappings mappings,
            boolean endWhenStopped,
            AnswerReading.CallTimes times,
            @Nullable DataSource database) {}

    private static final String RESUME = "resume-transcript";
    private static final String INJECT = "inject-transcript";
    /** How far gzip packs chats, measured on real ones. */
    private static final int TYPICAL_PACKING = 6;

    private final Closeables parts;
    private boolean made;
    private final CxoneSettings settings;
    private final CxoneTarget target;
    private final CheckpointCopies copies;
    private final Ledger ledger;
    private final CxoneComponents cxone;
    private final InboxComponents inbox;
    private final LiveControl live;
    private final WaitingTranscripts waiting;
    private final TranscriptReading reading;
    private final KeptLetters letters;
    private final List<JobRunner<?>> jobs;
    private final Backlog backlog = new Backlog();
    private final Intake intake;
    private final AlreadyDelivered alreadyDelivered;
    private final Redaction redaction;
    private final Pickups pickups;
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
            CxtComponents components = new CxtComponents(settings, run, clock, parts);
            open = true;
            return components;
        } finally {
            if (!open) {
                parts.close();
            }
        }
    }

    private CxtComponents(Settings all, Run run, Clock clock, Closeables parts) {
        this.parts = parts;
        settings = CxoneSettings.from(all);
        target = settings.target();
        IntakeSettings intakeSettings = IntakeSettings.from(all);
        LedgerSettings ledgerSettings = LedgerSettings.from(all).on(run.database());
        TranscriptSettings transcripts = TranscriptSettings.from(all, target.limits());
        PartMaker maker = new PartMaker(target, transcripts, clock);
        boolean watching = all.flag("pickup.file.enabled", true);
        ArchiveSettings archiving = ArchiveSettings.from(all, intakeSettings.dataFolder());
        Optional<FeedSource> feedElsewhere = FeedSource.from(all);
        SftpSettings sftp = SftpSettings.from(all);
        JmsSettings jms = JmsSettings.from(all);
        IdPrefixes prefixes = IdPrefixes.from(all);
        Map<String, Selection> selections = Selection.ofPickups(all);
        CallWindows windows = CallWindows.from(all);
        BackfillFolders backfill = BackfillFolders.from(all);
        List<String> places = LedgerSettings.checkpointCopies(all);
        SeparateFolders.check(all, ledgerSettings, intakeSettings.inbox(), archiving.folder(), places);
        RetentionSettings retention = RetentionSettings.from(
                all, intakeSettings.dataFolder(), intakeSettings.inbox(), archiving.folder(), places);
        Duration lease = LedgerSettings.lease(all);
        copies = new CheckpointCopies(ledgerSettings, places, LedgerSettings.copiesAuthorization(all, places));
        redaction = Redaction.from(all);
        all.check();

        Path data = intakeSettings.dataFolder();
        Folders.make(data, intakeSettings.inbox(), archiving.folder());
        parts.add(copies); // closed after the ledger, which signs at its end
        ledger = parts.add(Ledger.open(ledgerSettings, run.fingerprint(), !settings.parksInDoubt(), lease, clock));
        ledger.lookForFormer(archiving.folder());
        Folders.sweep(data, archiving.folder());
        copies.start(ledger.instance());
        parts.add(this::noteStop);
        FeedSource feed = parts.add(feedElsewhere.orElseGet(ledger::feedSource));
        feed.createTable();
        cxone = new CxoneComponents(settings, ledger, run.endWhenStopped(), parts);
        FolderClaims claims = new FolderClaims(
                FolderOwner.of(ledger.id(), ledger.instance(), data, ledger.shared()),
                ledger.intakes(),
                ledger.doubts());
        HeldSources held = new HeldSources();
        live = parts.add(
                new LiveControl(ledger, cxone.lane, cxone.gate, held, settings.requestsPerSecond(), windows, clock));
        inbox = new InboxComponents(intakeSettings, watching, claims, held, run.mappings(), parts);
        Archive archive = parts.add(archiving.open(ledger.instance(), clock));
        alreadyDelivered = new AlreadyDelivered(ledger.finished(), maker, redaction, archiving.enabled());
        waiting = parts.add(
                new WaitingTranscripts(data.resolve("waiting"), transcripts.options(), settings.maxInFlight()));
        SourceTranscripts.Needs needs = new SourceTranscripts.Needs(
                transcripts,
                ByteBudget.ofHeap(Math.max(64, 4 * settings.maxInFlight()), target.memoryWeight()),
                waiting,
                backlog,
                alreadyDelivered,
                prefixes,
                ledger.letters(),
                selections,
                redaction,
                ledger.customers(),
                intakeSettings.maxRefusals());
        intake = new Intake(
                ledger.intakes(), held, intakeSettings.reports(), needs, backlog, settings.maxInFlight(), clock);
        letters = new KeptLetters(new DeadLetters(data.resolve("dead-letters"), data), ledger.letters(), redaction);
        jobs = List.of(
                runner(new RedriveWork(ledger.jobs(), letters, run.mappings())),
                runner(new BackfillWork(
                        ledger.jobs(), ledger.jobFiles(), backfill, run.mappings(), intake.orphaned())));
        pickups =
                new Pickups(sftp, jms, inbox.watched(), claims, intake, backlog, run.mappings(), letters, data, clock);
        parts.add(pickups::end);
        TapComponents taps =
                new TapComponents(archive, feed, ledger.deliveries(), target, settings.maxInFlight(), clock, parts);
        parts.add(backlog::abandon);

        beans.putAll(pickups.beans());
        beans.putAll(inbox.beans(intake, redaction, transcripts, clock));
        beans.putAll(cxone.beans(maker, archiving.enabled(), backlog, run.times(), clock));
        beans.putAll(taps.beans());
        reading = new TranscriptReading(intake);
        beans.put("cxtAfterWaiting", reading.afterWaiting());
        beans.put("cxtIntake", reading);
        beans.put("cxtRedaction", new Redacting(redaction, transcripts));
        beans.put("cxtTranscriptBegins", (Processor) reading::tie);
        beans.put("cxtUnforeseen", (Processor) reading::unforeseen);
        beans.put("cxtLogged", TranscriptReading.LOGGED);
        beans.put("cxtBodyPickup", new BodyPickup(intake, transcripts.options().maxRecordBytes()));
        beans.put("cxtStreamPickup", new StreamPickup(intake, run.mappings(), data, intakeSettings.inbox(), clock));
        beans.put("cxtAnswerToSender", (AggregationStrategy) ExchangeReading::answerToSender);
        int maxBytes = transcripts.limits().maxBytes();
        beans.put("cxtSetAside", new SetAside(letters, ledger.deliveries(), target.name(), maxBytes, clock));
        if (retention.daily() != null) {
            parts.add(new DailyPruning(retention, retention.daily(), ledgerSettings, ledger.instance(), feed, clock));
        }
        made = true;
    }

    private <T extends JobItem> JobRunner<T> runner(JobWork<T> work) {
        return parts.add(
                new JobRunner<>(ledger.jobs(), work, cxone.lane, settings.maxInFlight(), settings.requestsPerSecond()));
    }

    private void noteStop() {
        if (made) {
            ledger.note(Type.STOPPED, null);
        }
    }

    /** Binds the beans for the routes and ends with the context. Call before the routes are loaded. */
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
        public void onContextStarting(CamelContext context) throws VetoCamelContextStartException {
            Optional<String> unfit =
                    RouteStarts.unfit(context); // a host sets its options after it has added the routes
            if (unfit.isPresent()) {
                throw new VetoCamelContextStartException(
                        "CXT does not start: " + unfit.get() + ". Remove it from the application's properties",
                        context);
            }
            try {
                if (!parts.closed()) { // else a host that starts after all
                    letters.compare();
                    live.begin();
                    ledger.note(Type.STARTED, "cxt " + version() + " target=" + target.name());
                }
                if (inbox.watched().isPresent()) {
                    intake.orphaned().look("file", inbox::names);
                }
            } catch (LedgerException e) { // of any other exception Camel only warns
                throw new VetoCamelContextStartException(
                        "CXT does not start, for its start cannot be recorded: %s. %s"
                                .formatted(e.getMessage(), e.next())
                                .strip(),
                        e,
                        context);
            }
        }

        @Override
        public void onContextStarted(CamelContext context) {
            String prefix = context.getRoute(RESUME) == null ? "cxt-" : ""; // of routes within a host
            Endpoint route = context.getEndpoint("direct:" + prefix + RESUME);
            ProducerTemplate producer = context.createProducerTemplate();
            waiting.resumeWith(transcript -> {
                Exchange exchange = route.createExchange();
                reading.resume(transcript, exchange);
                producer.send(route, exchange);
            });
            Endpoint inject = context.getEndpoint("direct:" + prefix + INJECT);
            if (!parts.closed()) {
                jobs.forEach(runner -> runner.begin(body -> producer.send(
                                inject, exchange -> exchange.getMessage().setBody(body))
                        .getException()));
                StartWarnings.otherTargets(ledger.view(), target.name());
                if (inbox.watched().isPresent()) {
                    StartWarnings.originals(redaction);
                }
            }
        }

        @Override
        public void onContextStopping(CamelContext context) {
            stop();
        }
    }

    /**
     * Binds the beans by name. They cannot be found by type: Camel gives components the only DataSource there is, and a
     * host's components must still find the host's.
     */
    void bindBeans(CamelContext camel) {
        beans.forEach((name, bean) -> camel.getRegistry().bind(name, Object.class, () -> bean));
        RouteThreadPools.bindTo(camel, settings.maxInFlight());
        LargeFolderComponent.addTo(camel);
    }

    /** What routes may call by name. */
    Set<String> beanNames() {
        return beans.keySet();
    }

    /** The contract with CXone, as {@code cxone.target} names it. */
    public CxoneTarget target() {
        return target;
    }

    static String version() {
        String version = CxtComponents.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    AlreadyDelivered alreadyDelivered() {
        return alreadyDelivered;
    }

    /** What the routes read in double braces and no property sets. */
    public Map<String, String> computed() {
        return cxone.computed();
    }

    /** Where {@code cxone.proxy} is not set, logs which other proxy settings this process has. */
    public void warnOfOtherProxies() {
        StartWarnings.proxyOfOthers(settings);
    }

    /** True when a policy of redaction is set, so that the routes must have its step. */
    public boolean redacting() {
        return redaction.on();
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

    /** Copies of checkpoints outside. */
    CheckpointCopies checkpointCopies() {
        return copies;
    }

    /** True when no source that is enabled holds anything more. */
    public boolean drained() {
        return backlog.openReadings() == 0 && inbox.drained() && pickups.drained();
    }

    /** True when no such source holds anything that another reading would decide now. */
    public boolean atRest() {
        return backlog.openReadings() == 0
                && inbox.atRest(undecided())
                && pickups.atRest()
                && jobs.stream().allMatch(JobRunner::atRest);
    }

    /** Sources that cannot be decided, and why. */
    public UndecidedSources undecided() {
        return intake.undecided();
    }

    /** How many things lie where transcripts come in and are never read; logs those not logged before. */
    public long passedOver() {
        return inbox.passedOver() + pickups.passedOver();
    }

    /** The enabled pickups, the watched folder among them. */
    public Pickups pickups() {
        return pickups;
    }

    /** What waits in the sources, less what has been read of those that are being read. */
    public WaitingCounts waiting() {
        return waiting(1).and(backlog.handedOver()).without(backlog.readOfOpen(TYPICAL_PACKING));
    }

    /** Bytes that wait in the sources or are being read, with an estimate of what packed files unpack to. */
    public long unpackedBytesWaiting() {
        return waiting(TYPICAL_PACKING).bytes();
    }

    private WaitingCounts waiting(int packing) {
        return pickups.waiting().and(inbox.waiting(packing));
    }

    /** What persons hold or set. */
    LiveControl live() {
        return live;
    }

    /** Obeys at once what a person has just held, released or set. */
    public void obeyNow() {
        live.look();
    }

    /** How many transcripts wait until their contact takes the next message. */
    public int waitingForContact() {
        return waiting.count();
    }

    /** Why calls are paused now, for a person; empty when they are not. */
    public Optional<String> paused() {
        return cxone.gate.paused();
    }

    /** How many sources were abandoned since the start: they lie in {@code .failed}, or are dead letters. */
    long abandoned() {
        return intake.abandoned() + pickups.rejected();
    }

    /** How many dead letters there are, including those of earlier runs. */
    long deadLetters() {
        return letters.count();
    }

    /** Ends intake; calls in flight run to completion. */
    private void stop() {
        jobs.forEach(JobRunner::stop);
        intake.stop();
        waiting.stop();
        ledger.hurry();
        pickups.stop();
        cxone.lane.close();
    }

    /** Closes everything. Call when the Camel context has stopped. */
    @Override
    public void close() {
        if (!parts.closed()) {
            stop();
            parts.close();
        }
    }
}
