package io.cxt.db;

import io.cxt.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses of databases: whether a PostgreSQL has to prove that it is the one meant, and how passwords get into no
 * message, although drivers quote the address they were given.
 */
public final class JdbcUrl {
    static final String POSTGRESQL = "jdbc:postgresql:";

    private static final Pattern SECRET =
            Pattern.compile("(?i)(?<=[?&;])(\\w*(?:password|passwd|pwd|secret|token)\\w*)=([^&;]*)[&;]?");

    /** What PostgreSQL's driver checks certificates with; another class may take any. */
    private static final Set<String> CHECKING = Set.of(
            "org.postgresql.ssl.LibPQFactory",
            "org.postgresql.ssl.jdbc4.LibPQFactory",
            "org.postgresql.ssl.DefaultJavaSSLFactory",
            "org.postgresql.ssl.SingleCertValidatingFactory");

    /** No wait for PostgreSQL is without end. Seconds; an address may say otherwise. */
    private static final Map<String, String> LIMITS =
            Map.of("connectTimeout", "10", "loginTimeout", "20", "socketTimeout", "60", "tcpKeepAlive", "true");

    /** The state that PostgreSQL's driver gives to what it did not foresee. */
    private static final String UNFORESEEN = "99999";

    private JdbcUrl() {}

    /** An address as its driver gets it, and what is handed over beside it. */
    private record Split(String address, Properties beside) {
        /** Takes the secrets out of an address for PostgreSQL's driver. */
        static Split of(String url) {
            Properties beside = new Properties();
            if (!url.startsWith(POSTGRESQL)) {
                return new Split(url, beside);
            }
            beside.putAll(LIMITS);
            Matcher secrets = SECRET.matcher(url);
            while (secrets.find()) {
                beside.setProperty(secrets.group(1), URLDecoder.decode(secrets.group(2), StandardCharsets.UTF_8));
            }
            return new Split(secrets.replaceAll(""), beside);
        }
    }

    /**
     * Connects. A password in the address goes to PostgreSQL's driver beside it; what another driver says of an address
     * that holds one is left out, for it may be in there.
     */
    public static Connection connect(String url, Properties properties) throws SQLException {
        Split split = Split.of(url);
        Properties all = new Properties();
        all.putAll(properties);
        all.putAll(split.beside);
        requireDriver(split.address);
        try {
            return DriverManager.getConnection(split.address, all);
        } catch (SQLException fault) {
            SQLException e = named(fault);
            if (!SECRET.matcher(split.address).find() && !split.address.contains("@")) {
                throw e;
            }
            throw new SQLException(
                    "no connection to %s (SQL state %s); more is not said, as the address holds a user or password. Set them"
                                    .formatted(shown(url), e.getSQLState())
                            + " beside it",
                    e.getSQLState(),
                    e.getErrorCode());
        }
    }

    /** What PostgreSQL's driver did not foresee, with what it was: its own words ask for a report in place of that. */
    private static SQLException named(SQLException fault) {
        Throwable cause = fault.getCause();
        if (!UNFORESEEN.equals(fault.getSQLState()) || cause == null) {
            return fault;
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        StackTraceElement[] where = cause.getStackTrace();
        boolean itsOwn = where.length > 0 && where[0].getClassName().startsWith("org.postgresql.");
        String words = itsOwn || cause instanceof IOException
                ? ": " + String.valueOf(cause.getMessage()).replaceAll("\\.+$", "")
                : "";
        return new SQLException(
                "the connection failed while it was made (%s%s)"
                        .formatted(cause.getClass().getSimpleName(), words),
                "08001",
                fault);
    }

    private static final Map<String, String> DRIVERS = Map.of(
            "mysql", "mysql-connector-j",
            "mariadb", "mariadb-java-client",
            "oracle", "ojdbc11",
            "sqlserver", "mssql-jdbc",
            "db2", "jcc",
            "h2", "h2");

    private static void requireDriver(String address) throws SQLException {
        try {
            DriverManager.getDriver(address);
        } catch (SQLException e) {
            Matcher kind = KIND.matcher(address);
            throw new SQLException(
                    !kind.lookingAt()
                            ? "an address of a database begins with jdbc: and its kind, as jdbc:postgresql:"
                            : "there is no driver for jdbc:%1$s: put %2$s into lib/ (in a host: on the class path)"
                                    .formatted(
                                            kind.group(1),
                                            DRIVERS.containsKey(kind.group(1))
                                                    ? "the jar " + DRIVERS.get(kind.group(1)) + "-<version>.jar"
                                                    : "the jar of its JDBC driver"),
                    "08001",
                    e);
        }
    }

    private static final Pattern KIND = Pattern.compile("jdbc:(\\w+):");

    /**
     * A problem for an address that leads to a PostgreSQL on another machine which does not have to prove that it is
     * the one meant: anybody who answers could have the password. {@code ledger.unverified-hosts} names exceptions.
     *
     * @param name of the property
     */
    public static void requireProof(Settings settings, String name, String url) {
        List<String> exempt = settings.optional("ledger.unverified-hosts")
                .map(hosts -> List.of(hosts.split("[,\\s]+")))
                .orElse(List.of());
        for (String host : unproved(url)) {
            if (!exempt.contains(host)) {
                settings.problem(
                        ("%s leads to %s, which need not prove that it is the one meant: a password and the ledger could"
                                        + " go to others. Add sslmode=verify-full, with sslrootcert=FILE for its CA or"
                                        + " sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory for those of Java, and no"
                                        + " sslhostnameverifier; or name the host in ledger.unverified-hosts")
                                .formatted(name, host.matches("[\\w.:%-]{1,253}") ? host : "a host"));
            }
        }
    }

    /**
     * A problem for an address of SQLite that names no file: what is written there is gone when the connection is closed.
     *
     * @param name of the property
     */
    public static void requireFile(Settings settings, String name, String url) {
        Matcher sqlite = SQLITE.matcher(url);
        if (!sqlite.matches()) {
            return;
        }
        Matcher memory = IN_MEMORY.matcher(sqlite.group("query"));
        boolean option = memory.find();
        if (option || sqlite.group("path").isBlank() || sqlite.group("path").startsWith(":")) {
            settings.problem(
                    "%s is %s%s, which is no file: what is written there would be gone with the process. Name a file, as jdbc:sqlite:/srv/cxt/NAME.db"
                            .formatted(name, shown(url), option ? " with " + memory.group(1) : ""));
        }
    }

    private static final Pattern SQLITE = Pattern.compile("(?s)jdbc:sqlite:(?:file:)?(?<path>[^?]*)(?<query>.*)");
    private static final Pattern IN_MEMORY = Pattern.compile("(?i)[?&](mode=memory|vfs=memdb)(&|$)");

    /** The hosts beside this machine that need not prove who they are, by what the driver makes of an address. */
    static List<String> unproved(String url) {
        Map<String, String> read = new HashMap<>();
        try {
            Split split = Split.of(url);
            if (split.address.startsWith(POSTGRESQL)) {
                for (DriverPropertyInfo each :
                        DriverManager.getDriver(split.address).getPropertyInfo(split.address, split.beside)) {
                    if (each.value != null) { // an empty ssl is one that is switched on
                        read.put(each.name, each.value);
                    }
                }
            }
        } catch (SQLException | IllegalArgumentException e) {
            return List.of(); // nor does it connect
        }
        String mode = read.getOrDefault("sslmode", "");
        String ssl = read.getOrDefault("ssl", "false");
        String factory = read.getOrDefault("sslfactory", "");
        boolean full =
                mode.isEmpty() ? ssl.isEmpty() || ssl.equalsIgnoreCase("true") : mode.equalsIgnoreCase("verify-full");
        boolean proved = full
                && (factory.isEmpty() || CHECKING.contains(factory))
                && read.getOrDefault("sslhostnameverifier", "").isEmpty();
        return proved
                ? List.of()
                : Arrays.stream(read.getOrDefault("PGHOST", "").split(","))
                        .map(host -> host.replaceAll("[\\[\\]]", ""))
                        .filter(host -> !loopback(host))
                        .distinct()
                        .toList();
    }

    static boolean loopback(String host) {
        if (host.isEmpty() || host.equalsIgnoreCase("localhost") || host.matches("127(\\.\\d{1,3}){3}")) {
            return true;
        }
        try {
            return host.contains(":") && InetAddress.getByName(host).isLoopbackAddress(); // a number: nobody is asked
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The address without what may be a secret in it. */
    public static String shown(String url) {
        return url.contains("@") ? url.replaceFirst("(?s)^(\\w+:\\w+:)?.*", "$1…") : url.replaceFirst("(?s)[?;].*", "");
    }
}
