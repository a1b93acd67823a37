package io.cxt.retention;

import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.text.SafeName;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what is past its time once a day, while CXT runs. A day on which it did not run is left out. */
public final class DailyPruning implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DailyPruning.class);
    private static final long LOOK_SECONDS = 30;

    private final RetentionSettings settings;
    private final RetentionSettings.Daily daily;
    private final LedgerSettings ledger;
    private final String instance;
    private final FeedSource feed;
    private final Clock clock;
    private final ScheduledExecutorService thread;
    private Instant next;

    /** Begins to look at the clock. */
    public DailyPruning(
            RetentionSettings settings,
            RetentionSettings.Daily daily,
            LedgerSettings ledger,
            String instance,
            FeedSource feed,
            Clock clock) {
        this.settings = settings;
        this.daily = daily;
        this.ledger = ledger;
        this.instance = instance;
        this.feed = feed;
        this.clock = clock;
        next = daily.after(clock.instant());
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "cxt-retention");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Removes it when it is time. */
    void look() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = daily.after(now);
        try (LedgerView view = LedgerView.of(ledger);
                OperatorLog log = new OperatorLog(ledger, "cxt")) {
            for (Pruning.Past past : new Pruning(settings, view, instance, feed).prune(now, log)) {
                if (past.fault() != null) {
                    warn(past.kept().word() + ": " + past.fault());
                    continue;
                }
                LOG.info(
                        "pruned kind={} before={} items={} bytes={} held={}",
                        past.kept().word(),
                        past.before(),
                        past.items(),
                        past.bytes(),
                        past.held() == null ? "-" : SafeName.value(past.held()));
            }
        } catch (RuntimeException e) { // else the next day would not come
            warn(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private void warn(String why) {
        LOG.warn(
                "not pruned reason=\"{}\" next=\"nothing is lost; it is tried again at {}. Or: cxt prune\"",
                SafeName.log(why),
                next);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
