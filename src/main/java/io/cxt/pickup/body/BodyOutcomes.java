package io.cxt.pickup.body;

import io.cxt.archive.Refusal;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of the transcripts of one body, in the words that its sender is given: {@code result} is the word of
 * docs/glossary.md, {@code outcome} a coarser one. Never rename one that has shipped.
 */
final class BodyOutcomes {
    private static final String INJECTED = "injected";
    private static final String REFUSED = "refused";
    private static final String FAILED = "failed";

    private static final String QUEUED = "queued";
    private static final String EXCLUDED = "excluded";

    /** The first of them that a transcript of the body came to is what is said of all. */
    private static final List<Outcome> WORST_FIRST = List.of(
            Outcome.FAILED,
            Outcome.IN_DOUBT,
            Outcome.CONFLICT,
            Outcome.REJECTED,
            Outcome.QUEUED,
            Outcome.SENT,
            Outcome.DUPLICATE,
            Outcome.EXCLUDED);

    private final List<Map<String, Object>> outcomes = new ArrayList<>();

    synchronized void add(TranscriptInFlight transcript) {
        Outcome outcome = transcript.outcome();
        if (outcome != null) {
            outcomes.add(inWords(transcript, outcome));
        }
    }

    /**
     * The outcome of a body with one transcript. For one with several: the worst of their outcomes, and each of them
     * under {@code transcripts}.
     */
    synchronized Map<String, Object> outcome() {
        if (outcomes.size() == 1) {
            return outcomes.get(0);
        }
        List<Object> words = outcomes.stream().map(each -> each.get("outcome")).toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(
                "outcome",
                words.contains(FAILED)
                        ? FAILED
                        : words.contains(REFUSED)
                                ? REFUSED
                                : words.contains(QUEUED)
                                        ? QUEUED
                                        : words.stream().allMatch(EXCLUDED::equals) ? EXCLUDED : INJECTED);
        all.put("result", worst());
        all.put("transcripts", List.copyOf(outcomes));
        return all;
    }

    /** The word for the worst of them; null when there was no transcript. */
    synchronized @Nullable String worst() {
        List<Object> results = outcomes.stream().map(each -> each.get("result")).toList();
        return WORST_FIRST.stream()
                .map(Outcome::word)
                .filter(results::contains)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, Object> inWords(TranscriptInFlight transcript, Outcome outcome) {
        Map<String, Object> words = new LinkedHashMap<>();
        switch (outcome) {
            case SENT, DUPLICATE -> {
                words.put("outcome", INJECTED);
                words.put("duplicate", outcome == Outcome.DUPLICATE);
                words.put("interactionId", transcript.usableId());
                words.put("conversationIds", transcript.conversationIds());
            }
            case QUEUED, EXCLUDED -> {
                words.put("outcome", outcome.word());
                words.put("interactionId", transcript.usableId());
            }
            case REJECTED, CONFLICT -> words.putAll(against(REFUSED, refusal(transcript)));
            case FAILED, IN_DOUBT -> words.putAll(against(FAILED, refusal(transcript)));
        }
        words.put("result", outcome.word());
        return words;
    }

    private static Refusal refusal(TranscriptInFlight transcript) {
        return Objects.requireNonNull(transcript.refusal(), "set aside without its reason");
    }

    private static Map<String, Object> against(String outcome, Refusal refusal) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("outcome", outcome);
        words.put("reason", refusal.reason());
        words.put("interactionId", refusal.interactionId());
        words.put("whatToDo", refusal.whatToDo());
        words.put("deadLetter", refusal.deadLetter());
        words.put(
                "findings",
                refusal.faults() == null
                        ? List.of()
                        : refusal.faults().stream().map(BodyOutcomes::finding).toList());
        return words;
    }

    private static Map<String, Object> finding(Refusal.Fault fault) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("rule", fault.rule());
        words.put("line", fault.line());
        words.put("pointer", fault.pointer());
        words.put("message", fault.message());
        words.put("hint", fault.hint());
        return words;
    }
}
