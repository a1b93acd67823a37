package io.cxt.kill;

import java.util.ArrayList;
import java.util.List;

/**
 * What a reconciliation found. All but posts and marked repeats has to be none.
 *
 * @param posts that reached CXone
 * @param lost dropped, and in the end neither with CXone nor refused on record; or set aside without a dead letter
 * @param repeats that CXone let in a second time
 * @param ofAnswers repeats that a lost answer explains; the others are those of kills
 * @param unmarked repeats without a mark in the audit
 * @param unaudited posts without a claim in the audit
 * @param notArchived sent, and not in the archive byte for byte
 * @param torn files under a final name that are not whole
 * @param misplaced files that are not in .done, once
 * @param chainFault null when the audit chains are whole
 */
record Verdict(
        long posts,
        long lost,
        long repeats,
        long ofAnswers,
        long unmarked,
        long unaudited,
        long notArchived,
        long torn,
        long misplaced,
        String chainFault,
        List<String> notes) {

    boolean good() {
        return lost + unmarked + unaudited + notArchived + torn + misplaced == 0 && chainFault == null;
    }

    long repeatsOfKills() {
        return repeats - ofAnswers;
    }

    /** The same with more that were lost. */
    Verdict alsoLost(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new Verdict(
                posts,
                lost + more.size(),
                repeats,
                ofAnswers,
                unmarked,
                unaudited,
                notArchived,
                torn,
                misplaced,
                chainFault,
                all);
    }

    String table(String what) {
        return """
                %s
                | posts | lost | repeats by kills | by lost answers | unmarked | unaudited posts | not archived | torn files | misplaced files | chain |
                |---|---|---|---|---|---|---|---|---|---|
                | %d | %d | %d | %d | %d | %d | %d | %d | %d | %s |
                %s""".formatted(
                        what,
                        posts,
                        lost,
                        repeatsOfKills(),
                        ofAnswers,
                        unmarked,
                        unaudited,
                        notArchived,
                        torn,
                        misplaced,
                        chainFault == null ? "whole" : chainFault,
                        String.join("\n", notes));
    }
}
