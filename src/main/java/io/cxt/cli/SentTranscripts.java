package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.CxoneTarget.Sent;
import io.cxt.cxone.SignIn;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.pace.ContactBucket;
import io.cxt.settings.Settings;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What was sent of an interaction, from ledger and archive, and the way to CXone, for commands that ask it about that. */
final class SentTranscripts implements AutoCloseable {
    final CxoneSettings cxone;
    private final @Nullable LedgerView view;
    final OperatorLog log;
    final CxoneCaller caller;
    private final ArchiveReader archive;
    private final CallLimits limits;
    private final SignIn signIn;

    /**
     * @param can what the target must be able to do
     * @param before true where something must have been sent before; false to make the ledger if it is missing
     */
    SentTranscripts(Output output, String can, boolean before) {
        Settings settings = Installation.find().settings();
        cxone = CxoneSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
        archive = new ArchiveReader(
                ArchiveSettings.from(settings, ledger.folder()).folder());
        settings.check();
        if (!cxone.target().readsBack()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "cxone.target = %s has no call to %s. See docs/cxone-digital.md"
                            .formatted(cxone.target().name(), can));
        }
        view = before ? DataDir.view(ledger, output) : null;
        log = new OperatorLog(ledger);
        limits = new CallLimits(cxone);
        AuditedCalls audited = new AuditedCalls(log);
        signIn = new SignIn(cxone, limits, audited);
        caller = new CxoneCaller(cxone, signIn, limits, cxone.readsPerSecond(), audited);
    }

    LedgerView view() {
        return Objects.requireNonNull(view, "nothing need have been sent before");
    }

    /** The parts as they were sent; empty when one of them is not in the archive as it was sent. */
    Optional<List<Sent>> parts(String interactionId) {
        List<Sent> parts = new ArrayList<>();
        for (RecordedDelivery row : rows(interactionId)) {
            if (row.state() != DeliveryState.SENT) {
                continue;
            }
            try {
                byte[] payload = row.archivedIn() == null ? new byte[0] : archive.read(row.archivedIn());
                if (!Part.hashOf(payload).equals(row.contentHash())) {
                    return Optional.empty();
                }
                parts.add(new Sent(row.messages(), payload));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.of(parts);
    }

    /** True when some part of it is not sent, or not for certain: it may be in CXone, or get there later. */
    boolean isOpen(String interactionId) {
        List<RecordedDelivery> rows = rows(interactionId);
        int parts = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).parts();
        return rows.size() < parts || rows.stream().anyMatch(row -> row.state() != DeliveryState.SENT);
    }

    private List<RecordedDelivery> rows(String interactionId) {
        return view().deliveries(interactionId).stream()
                .filter(row ->
                        row.part() > 0 && row.target().equals(cxone.target().name()))
                .toList();
    }

    /** From now on changes wait as long as the limit of this interaction's contact asks for. */
    void holdToContact(String interactionId) {
        CxoneTarget.ContactLimit limit = cxone.target().contactLimit();
        if (limit == null) {
            return;
        }
        Instant now = Instant.now();
        List<Long> ages = rows(interactionId).stream()
                .flatMap(row -> Collections.nCopies(row.attempts(), row.finishedAt()).stream())
                .map(at -> at == null
                        ? 0
                        : Duration.between(Instant.parse(at), now).toNanos())
                .toList();
        ContactBucket bucket =
                ContactBucket.after(new ContactBucket.Limit(limit.burst(), limit.perMinute()), System.nanoTime(), ages);
        caller.beforeChange(() -> {
            try {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, bucket.ready(1) - System.nanoTime()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            bucket.used(System.nanoTime());
        });
    }

    @Override
    public void close() {
        caller.close();
        signIn.close();
        limits.close();
        log.close();
        if (view != null) {
            view.close();
        }
    }
}
