package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget.Sent;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInListener;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.settings.Settings;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
        signIn = new SignIn(cxone, limits, SignInListener.of(log::signedIn, log::called));
        caller = new CxoneCaller(cxone, signIn, limits, cxone.readsPerSecond(), log::called);
    }

    LedgerView view() {
        return Objects.requireNonNull(view, "nothing need have been sent before");
    }

    /** The parts as they were sent; empty when one of them is not in the archive as it was sent. */
    Optional<List<Sent>> parts(String interactionId) {
        List<Sent> parts = new ArrayList<>();
        for (RecordedDelivery row : view().deliveries(interactionId)) {
            if (row.part() == 0
                    || row.state() != DeliveryState.SENT
                    || !row.target().equals(cxone.target().name())) {
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
