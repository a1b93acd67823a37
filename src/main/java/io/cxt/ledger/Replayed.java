package io.cxt.ledger;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.text.SafeText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Replays the events of one interaction and compares its rows in {@code delivery}, each of one target, with the result. */
final class Replayed {
    static final String RESTORE = "Put the ledger back from a copy";

    private final String id;
    private final Consumer<String> findings;
    private final Map<Integer, List<Told>> parts = new TreeMap<>();
    /** By target, as {@link Told#target} has it. */
    private final Map<String, ReplayedWhole> wholes = new TreeMap<>();
    /** By chain and part: the target of its last claim. */
    private final Map<String, String> claimedFor = new HashMap<>();

    /** Part and target. */
    private final Set<String> rows = new HashSet<>();

    private @Nullable Boolean erased;
    /** Targets that got a row for the erasure, since they had none. */
    private final Set<String> onlyErased = new HashSet<>();

    /** By target and part: the hash of a row whose events, or the first of them, are gone; until the row was met. */
    private final Map<String, String> resting = new LinkedHashMap<>();

    private boolean rested;
    private boolean replayed;

    /** @param target empty where neither the event nor its claim names one: as an earlier version wrote it, or with its claim gone */
    private record Told(String target, RecordedEvent event) {
        boolean of(@Nullable Object row) {
            return target.isEmpty() || target.equals(row);
        }
    }

    /** @param findings receives each difference, in words */
    Replayed(String id, Consumer<String> findings) {
        this.id = id;
        this.findings = findings;
    }

    String id() {
        return id;
    }

    /** Takes an event; all of them come before the rows. */
    void event(RecordedEvent told) {
        boolean whole = told.part() == 0 && (told.is(Type.REJECTED) || told.is(Type.EXCLUDED));
        if (told.is(Type.ERASED) || told.is(Type.ERASURE_ENDED)) {
            erased = told.is(Type.ERASED); // all on one chain
            if (erased && told.value(Erasures.ROW) != null) {
                onlyErased.add(told.value(Erasures.ROW));
            } else if (!erased) {
                onlyErased.clear();
            }
        } else if (told.is(Type.REPLAYED)) {
            replayed = true;
        } else if (whole && told.says(WholeTranscripts.BESIDE_CONFLICT)) {
            return; // the row is that of the conflict
        } else if (whole || told.is(Type.CONFLICT)) {
            whole(target(told)).setAside(told, whole);
        } else if (told.part() > 0) {
            String target = target(told);
            parts.computeIfAbsent(told.part(), none -> new ArrayList<>()).add(new Told(target, told));
            if (told.is(Type.CLAIMED)) {
                claimedFor.put(told.chain() + " " + told.part(), target);
            }
            if (told.is(Type.CLAIMED) && told.part() == 1) {
                Stream.of(target, "").map(this::whole).forEach(each -> each.called(told));
            }
        }
    }

    private String target(RecordedEvent told) {
        String named = told.value(RecordedEvent.TARGET);
        return named != null ? named : claimedFor.getOrDefault(told.chain() + " " + told.part(), "");
    }

    private ReplayedWhole whole(@Nullable Object target) {
        return wholes.computeIfAbsent(String.valueOf(target), none -> new ReplayedWhole());
    }

    /** Takes the hash of a row, or of a fact, whose events are gone. */
    void resting(String kind, String target, int part, String hash) {
        rested |= kind.equals(RestingRows.DELIVERY);
        if (kind.equals(RestingRows.DELIVERY)) {
            resting.put(part + " " + target, hash);
        } else if (!hash.equals(RestingRows.hash(kind, id))) {
            found(0, "what is in table audit_closed about it was changed by hand. " + RESTORE);
        }
    }

    /** True when a row is as it was when its events went. */
    private boolean rests(AuditedRow row, String hash, boolean marked) {
        if (row.part() == 0 && !asides(row).isEmpty()) {
            return false;
        }
        long behind = told(row.part()).stream()
                .filter(each -> each.of(row.get("target")) && each.event.is(Type.CLAIMED))
                .count();
        if (erased == null || row.part() != 1) {
            return hash.equals(row.hash(id, behind));
        }
        return Objects.equals(row.get("erased"), marked ? 1L : 0L)
                && (hash.equals(row.with("erased", 0L).hash(id, behind))
                        || hash.equals(row.with("erased", 1L).hash(id, behind)));
    }

    void row(AuditedRow row) {
        boolean marked = Boolean.TRUE.equals(erased) && row.part() == 1;
        String hash = resting.remove(place(row));
        if (hash != null && rests(row, hash, marked)) {
            rows.add(place(row));
            return;
        }
        List<Map<String, @Nullable Object>> expected = expected(row, hash != null);
        if (erased != null || hash == null) {
            expected.forEach(each -> each.put("erased", marked ? 1L : 0L));
        }
        rows.add(place(row));
        if (expected.isEmpty() && hash != null) {
            found(
                    row.part(),
                    "it is %s, and not as it was when its events were pruned. The row was changed by hand. %s"
                            .formatted(row.get("state"), RESTORE));
        } else if (expected.isEmpty()) {
            found(
                    row.part(),
                    "part %s of %s is %s in the ledger, and no chain has its claim. A chain was taken away, or the row was put in by hand: with it the chat would not be sent. %s"
                            .formatted(row.part(), SafeText.brief(row.get("source")), row.get("state"), RESTORE));
        } else {
            String difference = row.difference(expected);
            if (difference != null) {
                found(row.part(), difference + ". The row was changed by hand. " + RESTORE);
            }
        }
    }

    /** What the row may hold; empty when the audit does not know it. */
    private List<Map<String, @Nullable Object>> expected(AuditedRow row, boolean resting) {
        if (row.part() == 0) {
            return asides(row);
        }
        if (isOnlyErased(row)) {
            return List.of(ReplayedPart.onlyErased());
        }
        Object target = row.get("target");
        ReplayedPart all = replay(row.part(), told -> told.of(target));
        if (resting && replayed && !all.claimed()) {
            return List.of(ReplayedPart.replayed());
        }
        boolean reading = row.get("intake_id") != null;
        List<Map<String, @Nullable Object>> expected = all.expected(replayed, reading, resting);
        return expected.isEmpty() // some that name no target are of another one
                ? replay(row.part(), told -> told.target.equals(target)).expected(replayed, reading, resting)
                : expected;
    }

    private List<Told> told(int part) {
        return parts.getOrDefault(part, List.of());
    }

    private ReplayedPart replay(int part, Predicate<Told> of) {
        ReplayedPart replay = new ReplayedPart();
        told(part).stream().filter(of).forEach(told -> replay.add(told.event));
        return replay;
    }

    /** What a row of a whole transcript may hold. */
    private List<Map<String, @Nullable Object>> asides(AuditedRow row) {
        return Stream.of(row.get("target"), "")
                .flatMap(target -> whole(target).expected().stream())
                .toList();
    }

    private static String place(AuditedRow row) {
        return row.part() + " " + row.get("target");
    }

    /** True when it has a row; without a target, one of any. */
    private boolean hasRow(int part, String target) {
        return target.isEmpty()
                ? rows.stream().anyMatch(place -> place.startsWith(part + " "))
                : rows.contains(part + " " + target);
    }

    /** After the last row: whether one is missing. */
    void end() {
        parts.forEach((number, told) -> told.stream()
                .filter(each -> !hasRow(number, each.target) && new ReplayedPart().add(each.event))
                .map(Told::target)
                .distinct()
                .forEach(target -> found(
                        number,
                        "the audit tells of it, and its row is gone: it would be sent a second time. Stop cxt. "
                                + RESTORE)));
        if (Boolean.TRUE.equals(erased) && !hasRow(1, "")) {
            found(1, "the audit tells that it was erased, and its row is gone: it would be accepted again. " + RESTORE);
        }
        resting.forEach((place, hash) -> {
            int part = Integer.parseInt(place.substring(0, place.indexOf(' ')));
            String target = place.substring(place.indexOf(' ') + 1);
            boolean gone = part == 0 ? whole(target).wasCalled() : Boolean.FALSE.equals(erased) && part == 1;
            if (!gone) {
                found(part, "its events were pruned, and its row is gone: it may be sent a second time. " + RESTORE);
            }
        });
        wholes.forEach((target, whole) -> {
            if (whole.needsRow() && !rested && !hasRow(0, target)) {
                found(0, "the audit tells that it was set aside, and its row is gone. " + RESTORE);
            }
        });
    }

    private boolean isOnlyErased(AuditedRow row) {
        return row.part() == 1 && onlyErased.contains(String.valueOf(row.get("target")));
    }

    private void found(int part, String what) {
        findings.accept("interaction %s part %s: %s".formatted(SafeText.brief(id), part, what));
    }
}
