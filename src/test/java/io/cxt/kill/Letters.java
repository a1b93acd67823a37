package io.cxt.kill;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether what CXone does not have lies where people look for it. */
final class Letters {
    private Letters() {}

    /** Parts that are set aside by the ledger, or still on their way, and have no dead letter with transcript and reason. */
    static List<String> missing(Site site, Load load) throws IOException, SQLException {
        Path data = site.data(0);
        Set<String> kept = new HashSet<>();
        for (Letter letter : new DeadLetters(data.resolve("dead-letters"), data).list()) {
            if (Files.exists(letter.transcript())) {
                kept.add(letter.refusal().outcome() + " " + letter.refusal().interactionId());
            }
        }
        List<String> missing = new ArrayList<>();
        load.otherContent().stream()
                .filter(id -> !kept.contains("conflict " + id))
                .forEach(id -> missing.add("no letter: conflict " + id));
        String password = site.ledgerUser() == null ? null : "postgres";
        try (Connection ledger = DriverManager.getConnection(site.ledgerUrl(), site.ledgerUser(), password);
                Statement statement = ledger.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT lower(replace(state, '_', '-')), interaction_id FROM delivery WHERE state <> 'SENT'")) {
            while (row.next()) {
                String wanted = row.getString(1) + " " + row.getString(2);
                if (!kept.contains(wanted)) {
                    missing.add("no letter: " + wanted);
                }
            }
        }
        return missing;
    }
}
