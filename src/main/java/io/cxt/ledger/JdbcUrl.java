package io.cxt.ledger;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of databases, whose passwords get into no message: drivers quote the address they were given. */
final class JdbcUrl {
    private static final Pattern SECRET =
            Pattern.compile("(?i)(?<=[?&;])(\\w*(?:password|passwd|pwd|secret|token)\\w*)=([^&;]*)[&;]?");

    private JdbcUrl() {}

    /**
     * Connects. A password in the address goes to PostgreSQL's driver beside it; what another driver says of an address
     * that holds one is left out, for it may be in there.
     */
    static Connection connect(String url, Properties properties) throws SQLException {
        String address = url;
        Properties all = new Properties();
        all.putAll(properties);
        Matcher secrets = SECRET.matcher(url);
        if (url.startsWith("jdbc:postgresql:")) {
            while (secrets.find()) {
                all.setProperty(secrets.group(1), URLDecoder.decode(secrets.group(2), StandardCharsets.UTF_8));
            }
            address = secrets.replaceAll("");
        }
        try {
            return DriverManager.getConnection(address, all);
        } catch (SQLException e) {
            if (!SECRET.matcher(address).find() && !address.contains("@")) {
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

    /** The address without what may be a secret in it. */
    static String shown(String url) {
        return url.contains("@") ? url.replaceFirst("(?s)^(\\w+:\\w+:)?.*", "$1…") : url.replaceFirst("(?s)[?;].*", "");
    }
}
