package io.cxt.retention;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditQuery;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedSource;
import io.cxt.pickup.file.Originals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which files in {@code .done} and {@code .failed} brought a chat, first or again. Senders use a name each day anew, and one
 * name in two pickups: a file is one of them when it is as long as what was read of that name, from the watched folder, at a
 * time when the record names the chat. Where the ledger knows of no such reading any more, the name alone decides.
 */
final class BroughtFiles {
    private static final Pattern PLACE = Pattern.compile("#\\d+$");

    private final LedgerView view;
    /** By the name of a source. */
    private final Map<String, Set<RecordedSource>> readings = new HashMap<>();

    BroughtFiles(LedgerView view) {
        this.view = view;
    }

    /** All that the audit says of an interaction, its duplicates among it. */
    void named(String interactionId) {
        view.audit().events(AuditQuery.ofInteraction(Set.of(interactionId)), this::add);
    }

    private void add(AuditEntry event) {
        if (event.source() != null) {
            add(PLACE.matcher(event.source()).replaceFirst(""), event.at());
        }
    }

    /**
     * The chat came then.
     *
     * @param at RFC 3339; null when that is not known
     */
    void add(String source, @Nullable String at) {
        Set<RecordedSource> of = readings.computeIfAbsent(source, name -> new HashSet<>());
        if (at != null) {
            of.addAll(view.lists().openAt(source, Instant.parse(at)));
        }
    }

    /** Those in a folder; none where there is no folder. */
    List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : DroppedFiles.of(folder, readings.keySet())) {
            if (isOne(file)) {
                found.add(file);
            }
        }
        return found;
    }

    /** Names of sources that brought it and are not decided: they are still where they came. */
    Set<String> undecided() {
        return readings.entrySet().stream()
                .filter(source -> source.getValue().stream().anyMatch(reading -> reading.closedAt() == null))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isOne(Path file) throws IOException {
        boolean redacted = file.getFileName().toString().endsWith(Originals.ENDING); // and so of another length
        long bytes = Files.size(file);
        for (String name : DroppedFiles.sources(file)) {
            Set<RecordedSource> of = readings.get(name);
            if (of != null
                    && (of.isEmpty()
                            || of.stream()
                                    .anyMatch(reading -> reading.pickup().equals("file")
                                            && (redacted || reading.bytes() == bytes)))) {
                return true;
            }
        }
        return false;
    }
}
