package io.cxt.model;

import io.cxt.model.Site.Event;
import io.cxt.model.Site.Row;
import io.cxt.model.Source.Transcript;
import io.cxt.model.Tenant.Post;
import io.cxt.model.Tenant.Word;
import io.cxt.transcript.Origin;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold, whatever happens. */
final class Invariants {
    /** What an instance has taken ahead may still leave when another one meets a pause. */
    private static final long AHEAD = 50_000_000;

    private final World world;
    private final Site site;
    private final Map<String, Row> sent = new HashMap<>();
    private Map<String, Row> rows = Map.of();
    private List<Event> events = List.of();
    private Post last;
    private long lastTurn = Long.MIN_VALUE;
    private double limitBefore;
    private long pausedFrom;
    private long pausedUntil;

    Invariants(World world, Site site) {
        this.world = world;
        this.site = site;
    }

    void afterEachStep() throws SQLException {
        Site.Told told = site.told();
        rows = told.rows();
        events = told.events();
        every_call_is_claimed_before_it_leaves();
        no_call_is_a_repeat_unless_it_is_marked();
        each_answer_is_on_record_once();
        nothing_is_sent_but_what_was_taken();
        what_is_sent_stays_sent();
        what_may_have_arrived_stays_in_doubt();
        last = null;
    }

    void atTheEnd() throws SQLException {
        nothing_is_lost();
        String broken = site.verify();
        require(broken == null, "the audit is broken: " + broken);
    }

    private void every_call_is_claimed_before_it_leaves() {
        if (last != null) {
            long claims = events.stream()
                    .filter(each -> each.tellsOf(last, "CLAIMED"))
                    .count();
            require(claims == 1, "a call left with " + claims + " claims on record");
        }
    }

    /** Of the calls that CXone took for one part, all but one are marked. */
    private void no_call_is_a_repeat_unless_it_is_marked() {
        if (last != null && last.taken()) {
            long unmarked = world.tenant.posts.stream()
                    .filter(post -> post.taken() && post.key().equals(last.key()))
                    .filter(post -> events.stream()
                            .noneMatch(each -> each.tellsOf(post, "CLAIMED")
                                    && each.detail().contains("may-repeat")))
                    .count();
            require(unmarked <= 1, last.key() + " was taken twice, and none of the calls is marked");
        }
    }

    private void each_answer_is_on_record_once() {
        for (Post post : world.tenant.heard) {
            long told = events.stream()
                    .filter(each -> each.httpStatus() == post.httpStatus())
                    .filter(each -> switch (post.word()) {
                        case YES ->
                            each.tellsOf(post, "SENT") && post.conversationId().equals(each.conversationId());
                        case REFUSED -> each.tellsOf(post, "REJECTED");
                        case THROTTLED -> each.tellsOf(post, "RATE_LIMITED");
                        case UNAUTHORIZED, UNAVAILABLE -> each.tellsOf(post, "ATTEMPT");
                        case UNANSWERED ->
                            each.tellsOf(post, "ATTEMPT")
                                    || each.tellsOf(post, "IN_DOUBT")
                                            && each.detail().contains("no answer");
                    })
                    .count();
            require(
                    told == 1,
                    "the answer " + post.word() + " to attempt " + post.attempt() + " at " + post.key()
                            + " is on record " + told + " times");
        }
    }

    private void nothing_is_sent_but_what_was_taken() {
        rows.forEach((key, row) -> require(
                !row.is("SENT")
                        || world.tenant.posts.stream()
                                .anyMatch(each -> each.word() == Word.YES
                                        && each.key().equals(key)
                                        && each.part().hash().equals(row.hash())
                                        && each.conversationId().equals(row.conversationId())),
                key + " is SENT, and CXone did not take it so"));
    }

    private void what_is_sent_stays_sent() {
        sent.forEach(
                (key, before) -> require(before.equals(rows.get(key)), key + " was SENT, and is " + rows.get(key)));
        rows.forEach((key, row) -> {
            if (row.is("SENT")) {
                sent.put(key, row);
            }
        });
    }

    private void what_may_have_arrived_stays_in_doubt() {
        for (Post post : world.tenant.posts) {
            Row row = rows.get(post.key());
            require(
                    !post.taken() || row != null && (row.is("SENT") || row.calling() || row.doubted()),
                    post.key() + " may have arrived, and its row does not say so: " + row);
        }
    }

    /** Every part of a source that has ended is sent, or its transcript was set aside. */
    private void nothing_is_lost() {
        for (Source source : world.inbox) {
            for (Transcript transcript : source.transcripts) {
                for (int part = 1; part <= transcript.parts() && !world.setAside.contains(transcript); part++) {
                    Row row = rows.get(transcript.id() + "/" + part);
                    String hash =
                            transcript.part(part, new Origin("", "", 1, 1)).hash();
                    require(
                            row != null && row.is("SENT") && row.hash().equals(hash),
                            transcript + " part " + part + " of " + source.name + " is lost: " + row);
                }
            }
        }
    }

    void posted(Post post) {
        last = post;
        require(
                post.at() <= pausedFrom + AHEAD || post.at() >= pausedUntil,
                "a call leaves %.3f s before a pause ends".formatted((pausedUntil - post.at()) / 1e9));
    }

    void paused(long until) {
        if (until > pausedUntil) {
            pausedFrom = world.time.nanos() > pausedUntil ? world.time.nanos() : pausedFrom;
            pausedUntil = until;
        }
    }

    /** Turns of all instances together are as far apart as the least of their limits said when the one before was given. */
    void turn(long due) {
        double limit = world.instances.stream()
                .filter(each -> each.alive && each.callsPerSecond > 0 && each.callsPerSecond < 10_000)
                .filter(each -> world.time.nanos() - each.lane.heardAt() < 30_000_000_000L)
                .mapToDouble(each -> each.callsPerSecond)
                .min()
                .orElse(10_000);
        double holds = Math.max(limit, limitBefore);
        require(
                lastTurn == Long.MIN_VALUE || holds == 10_000 || due - lastTurn >= 1e9 / holds,
                "a turn comes %.3f s after another, and the least limit is %s"
                        .formatted((due - lastTurn) / 1e9, holds));
        lastTurn = Math.max(lastTurn, due);
        limitBefore = limit;
    }

    /** Where the pace is kept in memory it begins anew. */
    void started() {
        if (!world.severalInstances) {
            lastTurn = Long.MIN_VALUE;
            pausedUntil = 0;
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(otherwise);
        }
    }
}
