package io.cxt.intake;

import io.cxt.settings.Settings;
import java.util.Map;

/** What each pickup puts before the interaction ids it reads, so that no sender uses the ids of another. */
public record IdPrefixes(Map<String, String> byPickup) {
    /** How the name of a replayed dead letter begins. */
    public static final String REPLAY = "replay-";

    /** How that begins for a letter in doubt whose doubt the ledger does not know: its calls are marked, whatever is on record. */
    public static final String REPLAY_IN_DOUBT = REPLAY + "in-doubt-";

    /** Reads and checks {@code pickup.*.id-prefix}; problems stay in the settings. */
    public static IdPrefixes from(Settings settings) {
        String ofFiles = read(settings, "pickup.file.id-prefix");
        Map<String, String> byPickup = Map.of(
                "file",
                ofFiles,
                "backfill",
                ofFiles, // so that what came through the inbox before is known
                "sftp",
                read(settings, "pickup.sftp.id-prefix"),
                "jms",
                read(settings, "pickup.jms.id-prefix"));
        return new IdPrefixes(byPickup);
    }

    private static String read(Settings settings, String name) {
        String prefix = settings.optional(name).orElse("");
        if (!prefix.matches("[A-Za-z0-9._:-]{0,64}")) {
            settings.problem("%s is %s; allowed: up to 64 of A-Z a-z 0-9 . _ : -".formatted(name, prefix));
        }
        return prefix;
    }

    /** The prefix of a pickup; empty when it has none. */
    public String of(String pickup) {
        return byPickup.getOrDefault(pickup, "");
    }

    /** All prefixes that are set. */
    public Iterable<String> all() {
        return byPickup.values().stream()
                .filter(prefix -> !prefix.isEmpty())
                .distinct()
                .toList();
    }
}
