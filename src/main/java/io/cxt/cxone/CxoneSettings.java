package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How CXone is reached.
 *
 * @param signInUrl null to let the target say it
 * @param connectTimeout for the TCP and TLS handshake
 * @param callDeadline for a whole call, from its first byte to the last of the answer
 * @param tls null for Java's own
 * @param proxy null for none
 */
public record CxoneSettings(
        CxoneTarget target,
        Credentials credentials,
        @Nullable String signInUrl,
        int maxInFlight,
        int requestsPerSecond,
        int readsPerSecond,
        Duration connectTimeout,
        Duration callDeadline,
        int maxRetries,
        Duration firstDelay,
        Duration maxWait,
        InDoubt inDoubt,
        @Nullable SSLContext tls,
        @Nullable ForwardProxy proxy) {

    /** Reads and checks {@code cxone.*}; problems stay in the settings. */
    public static CxoneSettings from(Settings settings) {
        CxoneTarget target = Targets.of(settings);
        return new CxoneSettings(
                target,
                Credentials.from(settings, target.signInForms()),
                HttpAddress.optional(settings, "cxone.sign-in-url").orElse(null),
                settings.integer("cxone.max-in-flight", 16, 1, 512),
                settings.integer("cxone.requests-per-second", 50, 0, 10_000),
                settings.integer("cxone.reads-per-second", 20, 1, 1_000),
                Duration.ofMillis(settings.number("cxone.connect-timeout-ms", 5_000, 100, 120_000)),
                Duration.ofMillis(settings.number("cxone.call-deadline-ms", 30_000, 100, 600_000)),
                settings.integer("cxone.retry.max-retries", 5, 0, 20),
                Duration.ofMillis(settings.number("cxone.retry.first-delay-ms", 1_000, 10, 60_000)),
                Duration.ofMillis(settings.number("cxone.retry.max-wait-ms", 300_000, 100, 3_600_000)),
                inDoubt(settings, target),
                Tls.from(settings),
                ForwardProxy.from(settings));
    }

    private static InDoubt inDoubt(Settings settings, CxoneTarget target) {
        String word =
                settings.choice("cxone.in-doubt", target.looksUp() ? "lookup" : "resend", "resend", "park", "lookup");
        if (word.equals("lookup") && !target.looksUp()) {
            settings.problem(
                    "cxone.in-doubt is lookup; cxone.target = %s allows: resend, park".formatted(target.name()));
        }
        return InDoubt.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** True when a person decides on a call that may have arrived. */
    public boolean parksInDoubt() {
        return inDoubt == InDoubt.PARK;
    }

    /** What CXT sends to sign in and must not be shown when it comes back; the id of the client, too. */
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>(credentials.secrets());
        if (proxy != null) {
            secrets.addAll(proxy.secrets());
        }
        return secrets;
    }

    /** As {@link CxoneTarget#baseUrl}. */
    public String baseUrl() {
        return target.baseUrl();
    }

    /** The base URL, and the proxy on the way, for messages. */
    public String way() {
        return proxy == null ? baseUrl() : "%s through the proxy %s".formatted(baseUrl(), proxy.address());
    }

    /** Leaves the secret out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "CxoneSettings[target=%s, baseUrl=%s, %s]".formatted(target.name(), baseUrl(), credentials);
    }
}
