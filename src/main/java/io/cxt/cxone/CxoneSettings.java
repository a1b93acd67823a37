package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How CXone is reached.
 *
 * @param baseUrl scheme, host and port, without a slash at the end
 * @param connectTimeout for the TCP and TLS handshake
 * @param callDeadline for a whole call, from its first byte to the last of the answer
 * @param resendInDoubt true to send a call without an answer again, marked; false to park it for a person
 * @param tls null for Java's own
 * @param proxy null for none
 */
public record CxoneSettings(
        String target,
        String baseUrl,
        String clientId,
        String clientSecret,
        String scope,
        int maxInFlight,
        int requestsPerSecond,
        Duration connectTimeout,
        Duration callDeadline,
        int maxRetries,
        Duration firstDelay,
        Duration maxWait,
        boolean resendInDoubt,
        @Nullable SSLContext tls,
        @Nullable ForwardProxy proxy) {

    /** Reads and checks {@code cxone.*}; problems stay in the settings. */
    public static CxoneSettings from(Settings settings) {
        return new CxoneSettings(
                settings.choice("cxone.target", "conversations", "conversations"),
                baseUrl(settings),
                settings.required("cxone.client-id", "the id of the client that CXone gave you"),
                settings.secret("cxone.client-secret").orElseGet(() -> missingSecret(settings)),
                settings.optional("cxone.scope").orElse("conversations:chat:write conversations:read"),
                settings.integer("cxone.max-in-flight", 16, 1, 512),
                settings.integer("cxone.requests-per-second", 50, 0, 10_000),
                Duration.ofMillis(settings.number("cxone.connect-timeout-ms", 5_000, 100, 120_000)),
                Duration.ofMillis(settings.number("cxone.call-deadline-ms", 30_000, 100, 600_000)),
                settings.integer("cxone.retry.max-retries", 5, 0, 20),
                Duration.ofMillis(settings.number("cxone.retry.first-delay-ms", 1_000, 10, 60_000)),
                Duration.ofMillis(settings.number("cxone.retry.max-wait-ms", 300_000, 100, 3_600_000)),
                settings.choice("cxone.in-doubt", "resend", "resend", "park").equals("resend"),
                Tls.from(settings),
                ForwardProxy.from(settings));
    }

    private static String missingSecret(Settings settings) {
        if (settings.optional("cxone.client-secret-file").isEmpty()) {
            settings.problem("cxone.client-secret is not set. Set CXONE_CLIENT_SECRET in the environment, or name a"
                    + " file that others cannot read in cxone.client-secret-file");
        }
        return "";
    }

    private static String baseUrl(Settings settings) {
        String value = settings.required("cxone.base-url", "the address of CXone, for example https://api.example.com");
        if (value.isEmpty()) {
            return value;
        }
        try {
            URI uri = new URI(value);
            boolean bare = uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            if (!bare || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                settings.problem(notAnAddress(value));
            } else if ("http".equals(uri.getScheme()) && !loopback(uri.getHost())) {
                settings.problem(("cxone.base-url is %s; secrets and chats must not travel in clear: use https"
                                + " (http is for loopback only)")
                        .formatted(value));
            }
        } catch (URISyntaxException e) {
            settings.problem(notAnAddress(value));
        }
        return value.replaceAll("/+$", "");
    }

    private static String notAnAddress(String value) {
        return "cxone.base-url is %s; it must look like https://api.example.com".formatted(withoutSecrets(value));
    }

    /** Leaves out what stands before an at sign or behind a question mark: people put passwords there. */
    static String withoutSecrets(String value) {
        return value.replaceAll(".*@", "…@").replaceAll("[?#].*", "?…");
    }

    /** What CXT sends to sign in and must not be shown when it comes back; the id of the client, too. */
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>(List.of(clientSecret, clientId));
        if (proxy != null) {
            secrets.addAll(proxy.secrets());
        }
        return secrets;
    }

    /** The base URL, and the proxy on the way, for messages. */
    public String way() {
        return proxy == null ? baseUrl : "%s through the proxy %s".formatted(baseUrl, proxy.address());
    }

    private static boolean loopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Leaves the secret out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "CxoneSettings[target=%s, baseUrl=%s, clientId=%s]".formatted(target, baseUrl, clientId);
    }
}
