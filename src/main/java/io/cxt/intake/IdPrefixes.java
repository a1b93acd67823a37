package io.cxt.intake;

import io.cxt.ledger.Intakes;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.util.Map;

/** What is put before each interaction id that comes in at a door, so that no sender takes the ids of another. */
public final class IdPrefixes {
    /** What a dead letter is called that a person put into the inbox again. */
    public static final String REPLAY = "replay-";

    private final Map<String, String> byDoor;

    private IdPrefixes(Map<String, String> byDoor) {
        this.byDoor = byDoor;
    }

    /** Reads and checks {@code pickup.*.id-prefix}; problems stay in the settings. */
    public static IdPrefixes from(Settings settings) {
        Map<String, String> byDoor = Map.of(
                "file", read(settings, "pickup.file.id-prefix"),
                "sftp", read(settings, "pickup.sftp.id-prefix"),
                "jms", read(settings, "pickup.jms.id-prefix"));
        return new IdPrefixes(byDoor);
    }

    private static String read(Settings settings, String name) {
        String prefix = settings.optional(name).orElse("");
        if (!prefix.matches("[A-Za-z0-9._:-]{0,64}")) {
            settings.problem("%s is %s; allowed: up to 64 of A-Z a-z 0-9 . _ : -".formatted(name, prefix));
        }
        return prefix;
    }

    /** That of a door; empty when it has none. */
    public String of(String door) {
        return byDoor.getOrDefault(door, "");
    }

    /** Every one that is set. */
    public Iterable<String> all() {
        return byDoor.values().stream()
                .filter(prefix -> !prefix.isEmpty())
                .distinct()
                .toList();
    }

    /** That of a source: its door's, or what its dead letter had when a person put that into the inbox again. */
    String of(Source source, Intakes intakes) throws IOException {
        String replayed = source.name().startsWith(REPLAY) ? source.contentHash() : null;
        String kept = replayed == null ? null : intakes.replayedPrefix(source.name(), replayed);
        return kept == null ? of(source.door()) : kept;
    }
}
