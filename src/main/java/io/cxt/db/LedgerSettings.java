package io.cxt.db;

import io.cxt.settings.Settings;
import io.cxt.text.SafeText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where the ledger is.
 *
 * @param url a JDBC address, {@code jdbc:sqlite:…} or {@code jdbc:postgresql:…}
 * @param folder {@code data.dir}: the instance's own folder
 * @param checkpointFolder where signed checkpoints of the audit are kept
 * @param checkpointKeyFile what they are signed with
 * @param knownKeys files with public keys that signed checkpoints, too: before, or elsewhere
 * @param customerKeyFile what stands for customers is made with its key; null where customers are not kept
 * @param host connections to a host's PostgreSQL, used in place of the address; null when there are none
 */
public record LedgerSettings(
        String url,
        @Nullable String username,
        @Nullable String password,
        Path folder,
        Path checkpointFolder,
        Path checkpointKeyFile,
        List<Path> knownKeys,
        @Nullable Path customerKeyFile,
        @Nullable DataSource host) {
    /** Of the file of one chain in {@code audit.checkpoint-folder}. */
    public static final String CHECKPOINTS_ENDING = ".checkpoints";

    /** In {@code data.dir}, unless it is said otherwise. */
    public static final String SQLITE_FILE = "ledger.db";

    private static final String CHECKPOINTS = "checkpoints";
    private static final String KEY = "checkpoint.key";
    private static final String CUSTOMER_KEY = "customer.key";

    public LedgerSettings(String url, @Nullable String username, @Nullable String password, Path folder) {
        this(url, username, password, folder, folder.resolve(CHECKPOINTS), folder.resolve(KEY), List.of(), null, null);
    }

    /** These settings with a host's connections, where it has any. */
    public LedgerSettings on(@Nullable DataSource connections) {
        return with(url, knownKeys, connections);
    }

    /** These settings with more public keys that checkpoints are checked with. */
    public LedgerSettings knowing(List<Path> keys) {
        return with(url, Stream.concat(knownKeys.stream(), keys.stream()).toList(), host);
    }

    /** These settings with the ledger in another file of SQLite. */
    public LedgerSettings at(Path file) {
        return with("jdbc:sqlite:" + file, knownKeys, host);
    }

    private LedgerSettings with(String address, List<Path> keys, @Nullable DataSource connections) {
        return new LedgerSettings(
                address,
                username,
                password,
                folder,
                checkpointFolder,
                checkpointKeyFile,
                keys,
                customerKeyFile,
                connections);
    }

    /** Reads and checks {@code ledger.*}; problems stay in the settings. */
    public static LedgerSettings from(Settings settings) {
        Path folder = settings.path("data.dir", "./data");
        String url = settings.optional("ledger.url").orElse("jdbc:sqlite:" + folder.resolve(SQLITE_FILE));
        if (!url.startsWith("jdbc:sqlite:") && !url.startsWith("jdbc:postgresql:")) {
            settings.problem("ledger.url is %s; it must begin with jdbc:sqlite: or jdbc:postgresql:"
                    .formatted(JdbcUrl.shown(url)));
        }
        JdbcUrl.requireFile(settings, "ledger.url", url);
        if (url.matches("(?s)jdbc:postgresql:[^?]*@.*")) {
            settings.problem("ledger.url holds a user or password before its @, which PostgreSQL's driver takes for the"
                    + " host. Use ledger.username and ledger.password-file");
        } else {
            JdbcUrl.requireProof(settings, "ledger.url", url);
        }
        knownChains(settings);
        return new LedgerSettings(
                url,
                settings.optional("ledger.username").orElse(null),
                settings.secretFile("ledger.password-file").orElse(null),
                folder,
                settings.path(
                        "audit.checkpoint-folder", folder.resolve(CHECKPOINTS).toString()),
                settings.path("audit.checkpoint-key-file", folder.resolve(KEY).toString()),
                knownKeys(settings),
                settings.optional("ledger.customer-key-file")
                        .map(file -> Path.of(file).toAbsolutePath().normalize())
                        .orElse(null),
                null);
    }

    /** As set; else in {@code data.dir}, unless other instances need the same file. */
    @Override
    public @Nullable Path customerKeyFile() {
        return customerKeyFile != null || !sqlite() ? customerKeyFile : folder.resolve(CUSTOMER_KEY);
    }

    /** How long other instances leave a call alone after its instance's last sign of life. */
    public static Duration lease(Settings settings) {
        return Duration.ofSeconds(settings.number("ledger.lease-seconds", 60, 3, 3600));
    }

    /** The name of a file with the public half of a key. */
    public static String publicKeyName(String id) {
        return "checkpoint-key-%s.pem".formatted(id);
    }

    private static List<Path> knownKeys(Settings settings) {
        List<Path> keys = new ArrayList<>();
        for (String name : settings.optional("audit.known-keys").orElse("").split(",")) {
            Path file = Path.of(name.strip()).toAbsolutePath().normalize();
            if (!name.isBlank() && !Files.isReadable(file)) {
                settings.problem("audit.known-keys has %s, which is no file that can be read"
                        .formatted(SafeText.brief(name.strip())));
            } else if (!name.isBlank()) {
                keys.add(file);
            }
        }
        return keys;
    }

    /** Chains of other instances on the same PostgreSQL, whose checkpoints are with them; their names as given. */
    public static Set<String> knownChains(Settings settings) {
        Set<String> chains = new TreeSet<>();
        for (String name : settings.optional("audit.known-chains").orElse("").split(",")) {
            if (!name.isBlank() && !name.strip().matches("[\\w-]{1,64}")) {
                settings.problem("audit.known-chains has %s; a name is what the file instance-id of an instance holds"
                        .formatted(SafeText.brief(name)));
            } else if (!name.isBlank()) {
                chains.add(name.strip());
            }
        }
        return chains;
    }

    /** The places outside that checkpoints are copied to: folders, and addresses with {@code http:} or {@code https:}. */
    public static List<String> checkpointCopies(Settings settings) {
        List<String> places = new ArrayList<>();
        Path data = settings.path("data.dir", "./data");
        for (String each :
                settings.optional("audit.checkpoint-copies").orElse("").split(",")) {
            String place = each.strip();
            String fault = null;
            if (place.matches("(?i)[a-z][a-z0-9+.-]+://.*")) {
                fault = place.matches("https?://[^/?#@\\s]+(?:/[^?#\\s]*)?")
                        ? null
                        : "begin with http:// or https:// and have no user, no query and no blank";
            } else if (!place.isEmpty()) {
                place = Path.of(place).toAbsolutePath().normalize().toString();
                fault = Path.of(place).startsWith(data) ? "not lie in data.dir, which it is to outlive" : null;
            }
            if (fault != null) {
                settings.problem("audit.checkpoint-copies has %s; a place must %s"
                        .formatted(SafeText.brief(place.replaceAll("//[^/]*@|\\?.*", "//…")), fault));
            } else if (!place.isEmpty()) {
                places.add(place);
            }
        }
        return places;
    }

    /**
     * What such addresses get as the header {@code Authorization}; null for none.
     *
     * @param places as {@link #checkpointCopies} reads them
     */
    public static @Nullable String copiesAuthorization(Settings settings, List<String> places) {
        String property = "audit.checkpoint-copies-authorization-file";
        String value = settings.secretFile(property).orElse(null);
        if (value != null && !value.matches("[!-~]+( [ -~]+)?")) {
            settings.problem("%s: the file must hold one line, such as Bearer TOKEN or Basic dXNlcjpwYXNzd29yZA=="
                    .formatted(property));
        }
        for (String place : places) {
            if (value != null
                    && place.startsWith("http:")
                    && !JdbcUrl.loopback(URI.create(place).getHost().replaceAll("[\\[\\]]", ""))) {
                settings.problem("%s is set, and audit.checkpoint-copies has %s: a secret goes over https only"
                        .formatted(property, SafeText.brief(place)));
            }
        }
        return value;
    }

    /** The files that belong to a ledger and exist now, beside its database. */
    public List<Path> leftBehind() throws IOException {
        List<Path> left = new ArrayList<>(List.of(folder.resolve(Owner.INSTANCE_ID), checkpointKeyFile));
        if (Files.isDirectory(checkpointFolder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(checkpointFolder, "*" + CHECKPOINTS_ENDING)) {
                files.forEach(left::add);
            }
        }
        left.removeIf(Files::notExists);
        return left;
    }

    /** Where SQLite keeps the ledger; null when it is on PostgreSQL. */
    public @Nullable Path file() {
        if (!sqlite()) {
            return null;
        }
        String path = url.substring("jdbc:sqlite:".length()).replaceAll("\\?.*", "");
        return Path.of(path.startsWith("file:") ? path.substring("file:".length()) : path);
    }

    /** {@code data.dir}, and the address of a ledger that is not in it, without what may be secret. */
    public String shown() {
        Path file = file();
        boolean inside = file != null && file.toAbsolutePath().startsWith(folder);
        return "data.dir %s%s".formatted(folder, inside ? "" : ", ledger.url " + JdbcUrl.shown(url));
    }

    public boolean sqlite() {
        return host == null && url.startsWith("jdbc:sqlite:");
    }

    /** Leaves the password out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "LedgerSettings[url=%s]".formatted(JdbcUrl.shown(url));
    }
}
