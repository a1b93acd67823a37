package io.cxt.ledger;

import io.cxt.settings.Settings;
import java.nio.file.Path;

/**
 * Where the ledger is.
 *
 * @param url a JDBC address, {@code jdbc:sqlite:…} or {@code jdbc:postgresql:…}
 * @param folder {@code data.dir}: the instance's own folder
 */
public record LedgerSettings(String url, String username, String password, Path folder) {

    /** Reads and checks {@code ledger.*}; problems stay in the settings. */
    public static LedgerSettings from(Settings settings) {
        Path folder = settings.path("data.dir", "./data");
        String url = settings.optional("ledger.url").orElse("jdbc:sqlite:" + folder.resolve("ledger.db"));
        if (!url.startsWith("jdbc:sqlite:") && !url.startsWith("jdbc:postgresql:")) {
            settings.problem("ledger.url is %s; it must begin with jdbc:sqlite: or jdbc:postgresql:"
                    .formatted(withoutQuery(url)));
        }
        return new LedgerSettings(
                url,
                settings.optional("ledger.username").orElse(null),
                settings.secretFile("ledger.password-file").orElse(null),
                folder);
    }

    boolean sqlite() {
        return url.startsWith("jdbc:sqlite:");
    }

    private static String withoutQuery(String url) {
        return url.replaceAll("\\?.*", "");
    }

    /** Leaves the password out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "LedgerSettings[url=%s]".formatted(withoutQuery(url));
    }
}
