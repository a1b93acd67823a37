package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.CredentialsProviderBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultProxyRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * The forward proxy between CXT and CXone: {@code cxone.proxy}. Calls and sign-in go through it, whatever the base URL;
 * with https by CONNECT.
 *
 * @param username null to sign in without one
 * @param password null when there is no username
 */
public record ForwardProxy(
        HttpHost host, @Nullable String username, @Nullable String password) {
    private static final List<String> OF_JAVA = List.of("http.proxyHost", "https.proxyHost");
    private static final List<String> OF_ENVIRONMENT = List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");

    /** Reads and checks {@code cxone.proxy*}; problems stay in the settings. Null when no proxy is set. */
    static @Nullable ForwardProxy from(Settings settings) {
        String username = settings.optional("cxone.proxy-username").orElse(null);
        String password = settings.secretFile("cxone.proxy-password-file").orElse(null);
        boolean credentials = settings.optional("cxone.proxy-password-file").isPresent();
        String value = settings.optional("cxone.proxy").orElse(null);
        if (value == null) {
            if (username != null || credentials) {
                settings.problem("cxone.proxy is not set, and cxone.proxy-username or cxone.proxy-password-file is. Set"
                        + " cxone.proxy to host:port, or take them out");
            }
            return null;
        }
        if (credentials != (username != null)) {
            settings.problem("cxone.proxy-username and cxone.proxy-password-file go together: set both, or neither");
        } else if (username != null && username.contains(":")) {
            settings.problem("cxone.proxy-username holds a colon, which a sign-in at a proxy cannot carry (RFC 7617)");
        }
        HttpHost host = host(value);
        if (host == null) {
            settings.problem(
                    ("cxone.proxy is %s; it must look like proxy.example.com:3128 or http://proxy.example.com:3128."
                                    + " Name and password go into cxone.proxy-username and cxone.proxy-password-file")
                            .formatted(HttpAddress.withoutSecrets(value)));
            return null;
        }
        return new ForwardProxy(host, username, password);
    }

    /** Null when the value is neither {@code host:port} nor {@code http://host:port}. */
    private static @Nullable HttpHost host(String value) {
        try {
            URI uri = new URI(value.contains("://") ? value : "http://" + value);
            boolean bare = "http".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && uri.getPort() < 65_536
                    && uri.getRawPath().matches("/?")
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            return bare ? new HttpHost("http", uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort()) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Has a client go through it, and sign in where it asks for that. */
    void applyTo(HttpClientBuilder client) {
        client.setRoutePlanner(new DefaultProxyRoutePlanner(host));
        if (username != null && password != null) {
            client.setDefaultCredentialsProvider(CredentialsProviderBuilder.create()
                    .add(new AuthScope(host), new UsernamePasswordCredentials(username, password.toCharArray()))
                    .build());
        }
    }

    /** {@code host:port}, for messages. */
    String address() {
        return host.toHostString();
    }

    /** What is sent there and must not be shown when it comes back. */
    List<String> secrets() {
        if (username == null || password == null) {
            return List.of();
        }
        byte[] basic = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return List.of(password, Base64.getEncoder().encodeToString(basic));
    }

    /** What this process was told of a proxy by others than {@code cxone.proxy}, in a sentence; empty when nothing. */
    public static Optional<String> ofOthers() {
        return ofOthers(System.getenv(), System.getProperties());
    }

    static Optional<String> ofOthers(Map<String, String> environment, Properties java) {
        TreeSet<String> unused = new TreeSet<>();
        environment.forEach((name, value) -> {
            if (OF_ENVIRONMENT.stream().anyMatch(name::equalsIgnoreCase) && !value.isBlank()) {
                unused.add(name);
            }
        });
        OF_JAVA.stream().filter(name -> !java.getProperty(name, "").isBlank()).forEach(unused::add);
        if (Boolean.parseBoolean(java.getProperty("java.net.useSystemProxies"))) {
            unused.add("java.net.useSystemProxies");
        }
        StringBuilder words = new StringBuilder();
        if (!unused.isEmpty()) {
            words.append("%s: set, and not used for CXone. If CXone is reached through a proxy, set cxone.proxy."
                    .formatted(String.join(", ", unused)));
        }
        if (!java.getProperty("socksProxyHost", "").isBlank()) {
            words.append(words.isEmpty() ? "" : " ")
                    .append(
                            "socksProxyHost: Java uses it for calls, sign-in, SFTP and PostgreSQL; not for JMS. For an HTTP"
                                    + " proxy set cxone.proxy.");
        }
        return words.isEmpty() ? Optional.empty() : Optional.of(words.toString());
    }

    /** Leaves the password out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "ForwardProxy[" + address() + "]";
    }
}
