package io.cxt.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.steps.TranscriptJson;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints what {@code cxt validate} finds, and on request what it reads. */
final class FindingsPrinter {
    private final Output output;
    private final PrintStream findingsTo;

    /** @param show true when stdout is for transcripts; the findings of a table then go to stderr */
    FindingsPrinter(Output output, boolean show) {
        this.output = output;
        this.findingsTo = show ? System.err : System.out;
    }

    /** @param show true to print the transcript, too: what a mapping or our own form makes of the entry */
    void print(Path file, Entry entry, List<Finding> findings, boolean show) {
        if (show) {
            show(file, entry, findings);
        }
        if (!show || output == Output.table) {
            findings.forEach(finding -> print(file, entry, finding));
        }
    }

    private void show(Path file, Entry entry, List<Finding> findings) {
        JsonNode transcript = entry.readable() ? TranscriptJson.tree(entry.transcript()) : null;
        if (output == Output.json) {
            Map<String, Object> row = row(file, entry, entry.line());
            row.put("transcript", transcript);
            row.put("findings", findings.stream().map(FindingsPrinter::words).toList());
            Output.item(row);
        } else if (transcript != null) {
            System.out.println(Output.line(transcript));
        }
    }

    private void print(Path file, Entry entry, Finding finding) {
        if (output == Output.json) {
            Map<String, Object> row = row(file, entry, finding.line());
            row.putAll(words(finding));
            Output.item(row);
        } else {
            findingsTo.printf(
                    "%s:%s %s %s %s%n    %s%n",
                    SafeName.log(file.toString()),
                    finding.line(),
                    finding.rule().id(),
                    finding.pointer().isEmpty() ? "/" : SafeName.log(finding.pointer()),
                    finding.message(),
                    finding.hint());
        }
    }

    /** What rules of redaction find in a piece of an entry. */
    void print(Path file, Entry entry, String pointer, Map<String, Integer> counts) {
        counts.forEach((rule, count) -> {
            if (output == Output.json) {
                Map<String, Object> row = row(file, entry, entry.line());
                row.put("pointer", pointer);
                row.put("redact", rule);
                row.put("count", count);
                Output.item(row);
            } else {
                findingsTo.printf(
                        "%s:%s redact %s %s %s%n",
                        SafeName.log(file.toString()), entry.line(), pointer.isEmpty() ? "/" : pointer, rule, count);
            }
        });
    }

    private static Map<String, Object> row(Path file, Entry entry, long line) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", file.toString());
        row.put("line", line);
        row.put("index", entry.index());
        row.put("interactionId", entry.readable() ? entry.transcript().interactionId() : null);
        return row;
    }

    private static Map<String, Object> words(Finding finding) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("pointer", finding.pointer());
        words.put("rule", finding.rule().id());
        words.put("message", finding.message());
        words.put("hint", finding.hint());
        return words;
    }
}
