package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.SteppedClock;
import io.cxt.intake.HeldSources;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.ControlTable;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import io.cxt.pace.CallWindows;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import io.cxt.settings.Settings;
import io.cxt.steps.CallGate;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What a person holds is held by each instance, survives a restart, and ends when it said so. */
@OnEachDatabase
@Timeout(180)
class LiveControlIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant EIGHT = Instant.parse("2026-11-22T08:00:00Z");

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private final SteppedClock clock = new SteppedClock(EIGHT);
    private final List<Site> sites = new ArrayList<>();
    private String window = "";

    private static CallWindows windows(String text) {
        return CallWindows.from(new Settings(Map.of("cxone.window", text)::get));
    }

    /** An instance. */
    private final class Site implements AutoCloseable {
        private final Ledger ledger;
        private final Lane lane = new Lane(PaceStore.own(50), Duration.ofSeconds(1), Duration.ofHours(1), false);
        private final HeldSources sources = new HeldSources();
        private final LiveControl live;

        Site(String name) {
            this(name, clock);
        }

        Site(String name, Clock own) {
            ledger = Ledger.open(settings(name), "config", true, own);
            live = new LiveControl(ledger, lane, new CallGate(lane, 4, false), sources, 50, windows(window), own);
            live.look();
        }

        CompletableFuture<Void> call() {
            return CompletableFuture.runAsync(() -> {
                try {
                    lane.pass();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public void close() {
            live.close();
            lane.close();
            ledger.close();
        }
    }

    private LedgerSettings settings(String name) {
        LedgerSettings first = store.settings(folder);
        String url = store == Store.SQLITE ? first.url() : Postgres.shared().schemaWithClock(schema());
        return new LedgerSettings(url, first.username(), first.password(), folder.resolve(name));
    }

    private String schema() {
        return "clock_" + Integer.toHexString(folder.toString().hashCode());
    }

    /** Those of this machine and of the database. */
    private void setClocks(Instant now) {
        clock.set(now);
        if (store != Store.SQLITE) {
            Postgres.shared().setClock(schema(), now);
        }
    }

    /** One instance on SQLite, two on PostgreSQL. */
    @BeforeEach
    void start() {
        settings("one"); // which makes the clock
        setClocks(EIGHT);
        sites.add(new Site("one"));
        if (store != Store.SQLITE) {
            sites.add(new Site("two"));
        }
    }

    @AfterEach
    void end() {
        sites.forEach(Site::close);
    }

    private void set(String what, Double rate, Instant until) {
        try (OperatorLog log = new OperatorLog(settings("one"))) {
            ControlTable.set(log, new ControlRow(what, rate, clock.instant(), until, "anna", "CHG-88"));
        }
    }

    private boolean release(String what) {
        return release(sites.get(0).ledger.controls().find().all().stream()
                .filter(control -> control.what().equals(what))
                .findFirst()
                .orElseThrow());
    }

    private boolean release(ControlRow seen) {
        try (OperatorLog log = new OperatorLog(settings("one"))) {
            return ControlTable.end(log, seen, "done");
        }
    }

    @Test
    @Tag("fault-155")
    void a_release_ends_no_hold_that_another_person_has_set_meanwhile() {
        set(ControlRow.LANE, null, null);
        ControlRow seen = sites.get(0).ledger.controls().find().all().get(0);
        try (OperatorLog log = new OperatorLog(settings("one"))) {
            ControlTable.set(log, new ControlRow(ControlRow.LANE, null, EIGHT, null, "carla", "wrong data"));
        }

        assertThat(release(seen)).isFalse();
        look();

        assertThat(sites)
                .allSatisfy(site -> assertThat(site.lane.held().orElseThrow()).contains("by carla"));
        assertThat(release(ControlRow.LANE)).isTrue();
        assertThat(release(seen)).isFalse();
        assertThat(rows("SELECT detail FROM audit_event WHERE event = 'HOLD_ENDED'"))
                .containsExactly("lane: done");
    }

    private void look() {
        sites.forEach(site -> site.live.look());
    }

    private List<String> rows(String sql) {
        LedgerSettings at = settings("one");
        try (Connection connection = DriverManager.getConnection(at.url(), at.username(), at.password());
                Statement statement = connection.createStatement()) {
            List<String> rows = new ArrayList<>();
            if (statement.execute(sql)) {
                ResultSet row = statement.getResultSet();
                while (row.next()) {
                    rows.add(row.getString(1));
                }
            }
            return rows;
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void no_call_of_any_instance_leaves_while_the_lane_is_held_and_all_go_on_after_it() {
        set(ControlRow.LANE, null, null);
        look();
        List<CompletableFuture<Void>> calls = sites.stream().map(Site::call).toList();

        assertThat(sites).allSatisfy(site -> assertThat(site.lane.held())
                .hasValue("The lane is held until released by anna: CHG-88"));
        assertThat(calls).noneMatch(CompletableFuture::isDone);

        release(ControlRow.LANE);
        look();
        assertThat(calls).allSatisfy(call -> assertThat(call).succeedsWithin(LIMIT));
        assertThat(rows("SELECT detail FROM audit_event WHERE event IN ('HELD', 'HOLD_ENDED') ORDER BY seq"))
                .containsExactly("lane held until released by anna: CHG-88", "lane: done");
    }

    /** As an instance does that starts on a ledger that was put back from a copy, or whose hold was over within a second. */
    @Test
    @Tag("fault-152")
    void what_another_instance_notes_as_perhaps_sent_is_marked_by_those_that_run() {
        Part part = Part.of("conversations", "chat", 1, 1, 1, new byte[1], List.of(), new Origin("i", "a.json", 1, 1));
        rows("INSERT INTO doubt (door, source) VALUES ('chats', '" + EIGHT + " behind other 7')");
        look();

        assertThat(sites)
                .extracting(site -> {
                    Delivery found = site.ledger.deliveries().lookUp(part, null, () -> EIGHT.minusSeconds(60));
                    site.ledger.deliveries().unlock(part);
                    return found.doubted();
                })
                .containsOnly(true);
    }

    @Test
    void a_restart_in_the_middle_of_a_hold_holds_from_its_first_moment() {
        set(ControlRow.LANE, null, EIGHT.plusSeconds(60));
        set(ControlRow.source("sftp"), null, null);
        sites.get(0).close();

        Site again = new Site("one");
        sites.set(0, again);

        assertThat(again.lane.held()).isPresent();
        assertThat(again.sources.why("sftp")).isEqualTo("held until released by anna: CHG-88");
        assertThat(again.sources.holds("file")).isFalse();
        assertThat(again.live.inWords())
                .hasValue("lane held until 2026-11-22T08:01:00Z by anna: CHG-88;"
                        + " source sftp held until released by anna: CHG-88");
    }

    @Test
    void it_ends_by_itself_for_all_and_one_of_them_records_it() {
        set(ControlRow.LANE, null, EIGHT.plusSeconds(60));
        look();
        setClocks(EIGHT.plusSeconds(59));
        look();
        assertThat(sites).allMatch(site -> site.lane.held().isPresent());

        setClocks(EIGHT.plusSeconds(60));
        look();

        assertThat(sites).allMatch(site -> site.lane.held().isEmpty());
        Await.until(() -> rows("SELECT what FROM control").isEmpty(), LIMIT);
        look();
        sites.forEach(site -> site.ledger.note(io.cxt.audit.AuditEvent.Type.STOPPED, null)); // behind what is queued
        assertThat(rows("SELECT actor FROM audit_event WHERE event = 'HOLD_ENDED'"))
                .containsExactly("cxt");
    }

    @Test
    void an_instance_whose_clock_is_off_ends_no_hold_and_opens_no_window() {
        if (store == Store.SQLITE) {
            return; // which has one clock
        }
        sites.get(1).close();
        window = "08:10-10:00 UTC";
        Site site = new Site("two", Clock.offset(clock, Duration.ofMinutes(20)));
        sites.set(1, site);
        assertThat(site.lane.held()).hasValue("No call leaves outside cxone.window, which opens 08:10 UTC");

        set(ControlRow.LANE, null, EIGHT.plusSeconds(900));
        look();
        assertThat(sites).allSatisfy(each -> assertThat(each.lane.held().orElseThrow())
                .contains("is held until 2026-11-22T08:15:00Z"));
        assertThat(rows("SELECT what FROM control")).containsExactly("lane");

        setClocks(EIGHT.plusSeconds(900));
        look();
        assertThat(sites).allMatch(each -> each.lane.held().isEmpty());
    }

    @Test
    void while_the_ledger_cannot_be_asked_a_hold_holds_and_ends_when_it_said_so() {
        set(ControlRow.LANE, null, EIGHT.plusSeconds(60));
        look();
        rows("ALTER TABLE control RENAME TO away");

        look();
        assertThat(sites).allMatch(site -> site.lane.held().isPresent());
        setClocks(EIGHT.plusSeconds(61));
        look();
        assertThat(sites).allMatch(site -> site.lane.held().isEmpty());
        rows("ALTER TABLE away RENAME TO control");
    }

    @Test
    void a_pace_that_is_set_holds_and_ends_with_what_is_configured() throws Exception {
        set(ControlRow.PACE, 5.0, EIGHT.plusSeconds(60));
        look();
        Lane lane = sites.get(0).lane;
        lane.pass();
        assertThat(lane.callsPerSecond()).isEqualTo(5);

        set(ControlRow.PACE, 4.0, EIGHT.plusSeconds(60)); // in place of the one before
        look();
        lane.pass();
        assertThat(lane.callsPerSecond()).isEqualTo(4);

        setClocks(EIGHT.plusSeconds(60));
        look();
        assertThat(lane.callsPerSecond()).isEqualTo(50);
    }

    @Test
    void outside_all_windows_no_call_leaves_and_a_hold_and_a_pace_go_before_them() throws Exception {
        sites.get(0).close();
        window = "09:00-10:00 UTC at 7";
        Site site = new Site("one");
        sites.set(0, site);
        assertThat(site.lane.held()).hasValue("No call leaves outside cxone.window, which opens 09:00 UTC");
        assertThat(site.live.inWords()).hasValue("cxone.window opens 09:00 UTC");

        set(ControlRow.LANE, null, EIGHT.plusSeconds(3700));
        setClocks(EIGHT.plusSeconds(3600));
        site.live.look();
        assertThat(site.lane.held().orElseThrow()).contains("by anna");

        setClocks(EIGHT.plusSeconds(3700));
        site.live.look();
        assertThat(site.lane.held()).isEmpty();
        site.lane.pass();
        assertThat(site.lane.callsPerSecond()).isEqualTo(7);

        set(ControlRow.PACE, 3.0, null);
        site.live.look();
        site.lane.pass();
        assertThat(site.lane.callsPerSecond()).isEqualTo(3);

        setClocks(EIGHT.plusSeconds(7200));
        site.live.look();
        assertThat(site.lane.held()).isPresent();
        assertThat(site.live.windowOpen()).isFalse();
    }

    @Test
    void each_instance_is_seen_with_its_lane() {
        set(ControlRow.LANE, null, null);
        look();
        try (LedgerView view = LedgerView.of(settings("one"))) {
            Await.until(
                    () -> view.status().instances().stream()
                                    .filter(one -> one.lane().equals("held"))
                                    .count()
                            == sites.size(),
                    LIMIT);
            assertThat(view.status().instances())
                    .allSatisfy(one -> assertThat(one.seenAt()).isEqualTo(EIGHT))
                    .extracting(one -> one.name())
                    .containsExactlyInAnyOrderElementsOf(
                            sites.stream().map(site -> site.ledger.instance()).toList());
            assertThat(view.audit()
                            .verify(java.util.Set.copyOf(sites.stream()
                                    .map(site -> site.ledger.instance())
                                    .toList()))
                            .faults())
                    .isEmpty();
        }
    }
}
