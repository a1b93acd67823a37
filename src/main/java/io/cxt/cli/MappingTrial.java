package io.cxt.cli;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.PartMaker;
import io.cxt.files.RereadableSource;
import io.cxt.mapping.Mapping;
import io.cxt.steps.TranscriptJson;
import io.cxt.text.SafeName;
import io.cxt.text.SafeText;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run of {@code cxt map try}: what a mapping makes of a file, beside where it stands there. */
final class MappingTrial {
    private static final int LONGEST_TEXT = 200;

    private final PartMaker maker;
    private final TranscriptSettings settings;
    private final Output output;
    private final int limit;
    private final Map<String, Long> noted = new TreeMap<>();
    private long chats;
    private long messages;
    private long rejected;

    /** @param limit how many chats are shown */
    MappingTrial(CxoneTarget target, TranscriptSettings settings, Output output, int limit) {
        this.settings = settings;
        this.maker = new PartMaker(target, settings, Clock.systemUTC());
        this.output = output;
        this.limit = limit;
    }

    /** Shows the first chats, counts all, and returns the exit code. */
    int run(Path file, Mapping mapping) throws IOException {
        try (EntryReader reader =
                mapping.open(RereadableSource.of(file), file.getFileName().toString(), settings.options())) {
            while (reader.hasNext()) {
                add(reader.next());
            }
        }
        if (output == Output.json) {
            Output.endOfItems();
        }
        System.err.printf(
                "%s chats with %s messages, %s would be rejected%s%n",
                chats, messages, rejected, noted.isEmpty() ? "" : "; " + noted);
        return rejected > 0 ? Exit.FINDINGS : Exit.GOOD;
    }

    private void add(Entry entry) {
        chats++;
        List<Finding> findings = entry.readable()
                ? maker.check(entry)
                : entry.findings().stream().map(entry::locate).toList();
        messages += entry.readable() ? entry.transcript().messages().size() : 0;
        rejected += findings.isEmpty() ? 0 : 1;
        entry.notes().forEach(this::count);
        if (chats <= limit) {
            show(entry, findings);
        }
    }

    private void count(String note) {
        int colon = note.lastIndexOf(':');
        boolean counted = colon > 0 && note.substring(colon + 1).matches("[0-9]{1,9}");
        noted.merge(
                counted ? note.substring(0, colon) : note,
                counted ? Long.parseLong(note.substring(colon + 1)) : 1L,
                Long::sum);
    }

    private void show(Entry entry, List<Finding> findings) {
        if (output == Output.json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("line", entry.line());
            row.put("transcript", entry.readable() ? TranscriptJson.tree(entry.transcript()) : null);
            row.put("places", entry.readable() ? places(entry) : List.of());
            row.put("notes", entry.notes());
            row.put("findings", findings.stream().map(MappingTrial::words).toList());
            Output.item(row);
            return;
        }
        if (entry.readable()) {
            Transcript transcript = entry.transcript();
            System.out.printf(
                    "chat %s, line %s: interaction %s, agent %s, customer %s%n",
                    entry.index(),
                    entry.line(),
                    SafeName.log(String.valueOf(transcript.interactionId())),
                    SafeName.log(String.valueOf(transcript.agentId())),
                    SafeName.log(String.valueOf(transcript.customerId())));
            List<String> places = places(entry);
            List<List<String>> rows = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                rows.add(row(places.get(i), transcript.messages().get(i)));
            }
            System.out.print(Output.table(List.of("PLACE", "TIME", "FROM", "TO", "TEXT"), rows));
        } else {
            System.out.printf("chat %s, line %s: would be rejected%n", entry.index(), entry.line());
        }
        if (!entry.notes().isEmpty()) {
            System.out.println("notes: " + String.join(", ", entry.notes()));
        }
        findings.forEach(finding -> System.out.println(words(finding)));
        System.out.println();
    }

    private static String words(Finding finding) {
        return "%s line %s: %s%n    %s"
                .formatted(finding.rule().id(), finding.line(), finding.message(), finding.hint());
    }

    private static List<String> row(String place, ChatMessage message) {
        return List.of(
                place,
                message.timestamp() == null ? "" : message.timestamp().text(),
                message.from() == null
                        ? ""
                        : message.from().type() + " " + message.from().id(),
                message.to() == null
                        ? ""
                        : message.to().type() + " " + message.to().id(),
                SafeText.escaped(String.valueOf(message.text()), LONGEST_TEXT));
    }

    /** Where each message stands in the file, as findings would name it. */
    private static List<String> places(Entry entry) {
        List<String> places = new ArrayList<>();
        for (int i = 0; i < entry.transcript().messages().size(); i++) {
            Finding at = entry.locate(new Finding(Reason.MSG_TEXT, entry.line(), "/messages/" + i, ""));
            String words = at.message().replaceFirst(": $", "").replaceFirst("^chat [0-9]+, ", "");
            places.add(words.isEmpty() ? "line " + at.line() : words);
        }
        return places;
    }
}
