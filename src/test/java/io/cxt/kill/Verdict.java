package io.cxt.kill;

import java.util.List;

/**
 * What a reconciliation found. All but posts and marked repeats has to be none.
 *
 * @param posts that reached CXone
 * @param lost dropped, and neither with CXone nor refused on record
 * @param repeats that CXone let in a second time
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

    String table(String what) {
        return """
                %s
                | posts | lost | repeats | of them unmarked | unaudited posts | not archived | torn files | misplaced files | chain |
                |---|---|---|---|---|---|---|---|---|
                | %d | %d | %d | %d | %d | %d | %d | %d | %s |
                %s""".formatted(
                        what,
                        posts,
                        lost,
                        repeats,
                        unmarked,
                        unaudited,
                        notArchived,
                        torn,
                        misplaced,
                        chainFault == null ? "whole" : chainFault,
                        String.join("\n", notes));
    }
}
