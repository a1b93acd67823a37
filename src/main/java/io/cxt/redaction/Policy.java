package io.cxt.redaction;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules, and how they are applied to a text. A text is gone through until nothing more is found, so that what is left
 * can be gone through again without a change.
 */
final class Policy {
    /** So often a text is gone through as the rules say; from then on each value is masked, which ends it. */
    private static final int MOST_PASSES = 8;

    private final List<Rule> rules;
    private final Pattern places;

    Policy(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        String names = rules.stream().map(Rule::name).collect(Collectors.joining("|"));
        places = Pattern.compile("\\[(?:" + names + ")(?::[a-p]{16}|:\\*{4}[A-Za-z0-9*]{4})?\\]");
    }

    List<Rule> rules() {
        return rules;
    }

    /** The rule of a name; null when the policy has none. */
    @Nullable
    Rule rule(String name) {
        return rules.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The text without what the rules find, and counts of that by rule. */
    String left(String text, Map<String, Integer> counts) {
        return left(text, counts, this::hits);
    }

    /** The same for text that is JSON or was meant to be: a character may stand there as an escape. */
    String leftOfEscaped(String text, Map<String, Integer> counts) {
        return left(text, counts, now -> {
            EscapedText read = EscapedText.of(now);
            return hits(read.plain()).stream().map(read::inSource).toList();
        });
    }

    /** An id without what the rules find that look through ids. */
    @Nullable
    String leftOfId(@Nullable String id, Map<String, Integer> counts) {
        return id == null
                ? null
                : left(
                        id,
                        counts,
                        now -> merged(
                                now,
                                found(now).stream()
                                        .filter(hit -> hit.rule().ids())
                                        .toList()));
    }

    private static String left(String text, Map<String, Integer> counts, Function<String, List<Hit>> finding) {
        String now = text;
        for (int pass = 0; pass < 2 * MOST_PASSES; pass++) {
            List<Hit> hits = finding.apply(now);
            if (hits.isEmpty()) {
                return now;
            }
            now = apply(now, hits, pass < MOST_PASSES, counts);
        }
        return now;
    }

    /** What is to be taken out of a text, in its order; no two places overlap. */
    List<Hit> hits(String text) {
        List<Hit> found = found(text);
        return found.isEmpty() ? found : merged(text, found);
    }

    /** What each rule finds by itself. */
    List<Hit> found(String text) {
        int digits = 0;
        boolean at = false;
        for (int i = 0; i < text.length(); i++) {
            at |= text.charAt(i) == '@';
            digits += Finder.digitAt(text, i) >= 0 ? 1 : 0;
        }
        List<Hit> hits = List.of();
        for (Rule rule : rules) {
            if (rule.finder().worth(digits, at)) {
                List<Hit> into = hits.isEmpty() ? new ArrayList<>() : hits;
                rule.finder().find(text, (from, to) -> {
                    if (!rule.allows(text.substring(from, to))) {
                        into.add(new Hit(from, to, rule));
                    }
                });
                hits = into;
            }
        }
        return hits;
    }

    /** Without what is in place of values already; what overlaps becomes one, of the rule that comes first. */
    List<Hit> merged(String text, List<Hit> found) {
        List<int[]> taken = text.indexOf('[') < 0 ? List.of() : taken(text);
        List<Hit> merged = new ArrayList<>();
        List<Hit> sorted = found.stream()
                .map(hit -> outside(hit, taken))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingInt(Hit::from).thenComparingInt(hit -> -hit.to()))
                .toList();
        for (Hit hit : sorted) {
            Hit last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last == null || hit.from() >= last.to()) {
                merged.add(hit);
            } else {
                merged.set(merged.size() - 1, union(last, hit));
            }
        }
        return merged;
    }

    private Hit union(Hit one, Hit other) {
        Hit first = rules.indexOf(one.rule()) <= rules.indexOf(other.rule()) ? one : other;
        int to = Math.max(one.to(), other.to());
        boolean whole = first.whole() && first.from() == one.from() && first.to() == to;
        return new Hit(one.from(), to, first.rule(), whole, first.further());
    }

    private List<int[]> taken(String text) {
        List<int[]> taken = new ArrayList<>();
        Matcher place = places.matcher(text);
        while (place.find()) {
            taken.add(new int[] {place.start(), place.end()});
        }
        return taken;
    }

    /** Null for a hit that has nothing outside of what is taken; else it takes all of what it touches. */
    private static @Nullable Hit outside(Hit hit, List<int[]> taken) {
        int from = hit.from();
        int to = hit.to();
        int inside = 0;
        for (int[] place : taken) {
            if (place[0] < hit.to() && place[1] > hit.from()) {
                inside += Math.min(place[1], hit.to()) - Math.max(place[0], hit.from());
                from = Math.min(from, place[0]);
                to = Math.max(to, place[1]);
            }
        }
        return inside == 0
                ? hit
                : inside >= hit.to() - hit.from() ? null : new Hit(from, to, hit.rule(), false, hit.further());
    }

    /** @param asRuled false to mask each, whatever its rule says */
    static String apply(String text, List<Hit> hits, boolean asRuled, Map<String, Integer> counts) {
        StringBuilder left = new StringBuilder(text.length());
        int at = 0;
        for (Hit hit : hits) {
            Rule rule = hit.rule();
            left.append(text, at, hit.from());
            left.append(asRuled ? rule.replacement(text.substring(hit.from(), hit.to()), hit.whole()) : rule.mask());
            at = hit.to();
            if (!hit.further()) {
                counts.merge(rule.name(), 1, Integer::sum);
            }
        }
        return left.append(text, at, text.length()).toString();
    }

    /** True while values go as their rules say. */
    static boolean asRuled(int pass) {
        return pass < MOST_PASSES;
    }

    static int mostPasses() {
        return 2 * MOST_PASSES;
    }
}
