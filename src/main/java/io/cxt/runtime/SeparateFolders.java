package io.cxt.runtime;

import io.cxt.db.LedgerSettings;
import io.cxt.intake.BackfillFolders;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Refuses folders that are or contain each other where what lies in one would be read, sent or removed as if it lay in the
 * other. Links are followed.
 */
public final class SeparateFolders {
    /** Folders under {@code data.dir} in which CXT alone writes. */
    private static final List<String> OWN =
            List.of("dead-letters", "reports", "waiting", "fetched", "streams", "erased");

    /** Those of them that a start clears or empties. */
    private static final Set<String> CLEARED = Set.of("waiting", "fetched", "streams");

    /** What CXT makes in a folder that it picks files up from. */
    private static final List<String> OF_INBOX = List.of(".done", ".failed", ".redacting");

    private final Settings settings;
    private final Path data;
    private final Path inbox;
    private final Map<String, Path> own = new LinkedHashMap<>();

    private SeparateFolders(Settings settings, Path data, Path inbox) {
        this.settings = settings;
        this.data = real(data);
        this.inbox = real(inbox);
        OWN.forEach(name -> own.put("data.dir/" + name, this.data.resolve(name)));
    }

    /**
     * Checks all of them; problems stay in the settings.
     *
     * @param copies the places of copies of checkpoints, folders and addresses
     */
    public static void check(Settings settings, LedgerSettings ledger, Path inbox, Path archive, List<String> copies) {
        new SeparateFolders(settings, ledger.folder(), inbox).check(ledger, real(archive), copies);
    }

    private void check(LedgerSettings ledger, Path archive, List<String> copies) {
        Path checkpoints = real(ledger.checkpointFolder());
        apart("archive.folder", archive, own);
        apart("audit.checkpoint-folder", checkpoints, own);
        Map<String, Path> others = new LinkedHashMap<>(own);
        if (!archive.equals(inbox)) { // said once
            others.put("archive.folder", archive);
        }
        apart("pickup.file.folder", inbox, others);
        if (archive.equals(checkpoints)) {
            refuse("audit.checkpoint-folder", checkpoints, "is archive.folder: a place for checkpoints holds no chats");
        }
        for (Path part : inbox) {
            if (OF_INBOX.contains(part.toString())) {
                refuse(
                        "pickup.file.folder",
                        inbox,
                        "lies in a folder %s, where CXT puts files that it has read".formatted(part));
            }
        }
        if (inbox.equals(data)) {
            refuse("pickup.file.folder", inbox, "is data.dir, where ledger and keys lie: no sender may come there");
        }
        if (data.startsWith(archive)) {
            refuse(
                    "archive.folder",
                    archive,
                    "is or contains data.dir %s: all in it would count as copies".formatted(shown(data)));
        }
        inInbox("data.dir", data);
        inInbox("archive.folder", archive);
        inInbox("audit.checkpoint-folder", checkpoints);
        for (String copy : copies) {
            if (!copy.matches("https?:.*") && real(Path.of(copy)).equals(checkpoints)) {
                refuse("audit.checkpoint-copies", checkpoints, "is audit.checkpoint-folder itself: that is no copy");
            }
        }
        cleared(ledger);
        for (Path folder : BackfillFolders.from(settings.separately()).folders()) {
            apart("backfill.folders", real(folder), others);
        }
    }

    private void apart(String name, Path folder, Map<String, Path> others) {
        others.forEach((other, place) -> {
            if (folder.startsWith(place)) {
                refuse(
                        name,
                        folder,
                        "%s %s%s: CXT would take what lies in one for what belongs in the other"
                                .formatted(
                                        folder.equals(place) ? "is" : "lies in",
                                        other,
                                        folder.equals(place) ? "" : " " + shown(place)));
            }
        });
    }

    private void inInbox(String name, Path folder) {
        if (folder.equals(inbox) && !name.equals("data.dir")) {
            refuse(name, folder, "is pickup.file.folder: what CXT writes there would be read as transcripts");
        }
        for (String each : OF_INBOX) {
            if (folder.startsWith(inbox.resolve(each))) {
                refuse(
                        name,
                        folder,
                        "lies in %s of pickup.file.folder, where CXT puts files that it has read".formatted(each));
            }
        }
    }

    /** Files that must outlive a start. */
    private void cleared(LedgerSettings ledger) {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("audit.checkpoint-key-file", ledger.checkpointKeyFile());
        Path customers = ledger.customerKeyFile();
        if (customers != null) {
            files.put("ledger.customer-key-file", customers);
        }
        Path database = ledger.file();
        if (database != null) {
            files.put("ledger.url", database);
        }
        files.forEach((name, file) -> {
            for (String each : new TreeSet<>(CLEARED)) {
                if (real(file).startsWith(data.resolve(each))) {
                    refuse(name, file, "lies in data.dir/%s, which a start clears".formatted(each));
                }
            }
        });
    }

    private void refuse(String name, Path folder, String why) {
        settings.problem("%s: %s %s. Name another place".formatted(name, shown(folder), why));
    }

    private static String shown(Path path) {
        return SafeName.log(path.toString());
    }

    /** Where it leads, as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException e) {
            Path parent = absolute.getParent();
            return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
        }
    }
}
