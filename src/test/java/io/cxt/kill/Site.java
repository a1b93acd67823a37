package io.cxt.kill;

import io.cxt.fixture.Command;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One inbox, one ledger and one stand-in CXone; and one or more instances of CXT, each with a folder of its own. */
final class Site implements AutoCloseable {
    /** Calls that one instance may have in flight. */
    static final int IN_FLIGHT = 4;
    /** Parts that one instance may have claimed: an eighth more, or one. */
    static final int IN_HAND = 5;

    /** After which a call without an answer is cut off. */
    static final int DEADLINE_MS = 3000;

    private static final int LATENCY_MS = 20;

    final Path folder;
    final Path inbox;
    final StandIn cxone;
    private final Postgres postgres;
    private final Path password;
    private final List<Path> data = new ArrayList<>();
    private int starts;

    private Site(Path folder, Postgres postgres) throws IOException {
        this.folder = folder;
        this.postgres = postgres;
        inbox = Files.createDirectories(folder.resolve("inbox"));
        password = Files.writeString(folder.resolve("password"), "postgres");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        cxone = StandIn.start(StandInSettings.defaults().withJournal(1_000_000).withLatency(LATENCY_MS));
    }

    /** @param postgresql false for SQLite, which serves one instance */
    static Site open(Path folder, boolean postgresql) throws IOException {
        return new Site(folder, postgresql ? Postgres.start(folder.resolve("postgres")) : null);
    }

    /** The folder of the instance of this number, from 0. */
    Path data(int instance) {
        while (data.size() <= instance) {
            data.add(folder.resolve("data-" + data.size()));
        }
        return data.get(instance);
    }

    /** Folder of old exports. */
    Path exports() {
        return folder.resolve("exports");
    }

    /** Where the jobs of the first instance run. */
    RunningJobs.Place first() {
        return new RunningJobs.Place() {
            @Override
            public Path data() {
                return Site.this.data(0);
            }

            @Override
            public String ledgerUrl() {
                return Site.this.ledgerUrl();
            }

            @Override
            public String ledgerUser() {
                return Site.this.ledgerUser();
            }

            @Override
            public Command.Ended cxt(String... arguments) {
                return Site.this.cxt(0, arguments);
            }
        };
    }

    List<Path> instances() {
        return data;
    }

    String ledgerUrl() {
        return postgres == null ? "jdbc:sqlite:" + data(0).resolve("ledger.db") : postgres.url();
    }

    String ledgerUser() {
        return postgres == null ? null : postgres.user();
    }

    /**
     * Starts {@code cxt run --once}.
     *
     * @param haltAt a step and how often it is taken before the process ends there, for example {@code claimed:17};
     *     null for none
     */
    Command start(int instance, String haltAt) throws IOException {
        return start(instance, haltAt, Map.of());
    }

    /** @param changes names of environment variables and their values, beside or in place of the usual ones */
    Command start(int instance, String haltAt, Map<String, String> changes) throws IOException {
        Map<String, String> environment = environment(instance);
        if (haltAt != null) {
            environment.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=" + haltAt);
        }
        environment.put("ARCHIVE_LAYOUT", starts++ / 2 % 2 == 0 ? "segments" : "files"); // each step meets both
        environment.putAll(changes);
        return Command.start(folder, environment, "run", "--once");
    }

    /** Starts another verb. */
    Command command(String haltAt, Map<String, String> changes, String... arguments) throws IOException {
        Map<String, String> environment = environment(0);
        if (haltAt != null) {
            environment.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=" + haltAt);
        }
        environment.putAll(changes);
        return Command.start(folder, environment, arguments);
    }

    /** Runs another verb to its end, in this process. */
    Command.Ended cxt(int instance, String... arguments) {
        return Verb.of(environment(instance), arguments);
    }

    private Map<String, String> environment(int instance) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATA_DIR", data(instance).toString());
        environment.put("PICKUP_FILE_FOLDER", inbox.toString());
        environment.put("BACKFILL_FOLDERS", exports().toString());
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_REQUESTS_PER_SECOND", "0");
        environment.put("CXONE_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        environment.put("CXONE_RETRY_FIRST_DELAY_MS", "100");
        environment.put("CXONE_RETRY_MAX_RETRIES", "2");
        environment.put("CXONE_CALL_DEADLINE_MS", Integer.toString(DEADLINE_MS));
        environment.put("LEDGER_URL", ledgerUrl());
        environment.put("LEDGER_LEASE_SECONDS", "3");
        if (postgres != null) {
            environment.put(
                    "LEDGER_CUSTOMER_KEY_FILE", folder.resolve("customer.key").toString());
            environment.put("LEDGER_USERNAME", postgres.user());
            environment.put("LEDGER_PASSWORD_FILE", password.toString());
        }
        return environment;
    }

    @Override
    public void close() throws IOException {
        cxone.close();
        if (postgres != null) {
            postgres.close();
        }
    }
}
