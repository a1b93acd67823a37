package io.cxt.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The settings of a stand-in; each {@code with…} method returns a changed copy. */
public final class StandInSettings implements Cloneable {
    String host = "127.0.0.1";
    int port;

    @Nullable
    SSLContext tls;

    @Nullable
    String clientId;

    @Nullable
    String clientSecret;

    @Nullable
    String accessKeyId;

    @Nullable
    String accessKeySecret;

    int tokenLifetimeSeconds = 3600;
    int journalSize = 10_000;
    boolean keepRequests;
    Traffic traffic = Traffic.calm();
    LongSupplier nanoTime = System::nanoTime;

    private StandInSettings() {}

    /** Loopback, any free port, plain HTTP, any client, tokens for an hour, 10,000 calls remembered, calm traffic. */
    public static StandInSettings defaults() {
        return new StandInSettings();
    }

    private StandInSettings with(Consumer<StandInSettings> change) {
        try {
            StandInSettings copy = (StandInSettings) clone();
            change.accept(copy);
            copy.check();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void check() {
        List<String> problems = new ArrayList<>();
        if (host.isBlank()) {
            problems.add("host is empty");
        }
        if (port < 0 || port > 65_535) {
            problems.add("port is %s; allowed: 0 (any free one) to 65535".formatted(port));
        }
        if (tokenLifetimeSeconds < 0) {
            problems.add("token lifetime is %s s; allowed: 0 to 2147483647".formatted(tokenLifetimeSeconds));
        }
        if (journalSize < 0 || journalSize > 10_000_000) {
            problems.add("journal size is %s calls; allowed: 0 (off) to 10000000".formatted(journalSize));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** @param name name or address to listen on; anyone who reaches it can also change it through {@code /control} */
    public StandInSettings withHost(String name) {
        return with(copy -> copy.host = name);
    }

    /** @param number 0 for any free port */
    public StandInSettings withPort(int number) {
        return with(copy -> copy.port = number);
    }

    public StandInSettings withTls(SSLContext context) {
        return with(copy -> copy.tls = context);
    }

    /** Accepts only this client; null accepts any id, or any secret. */
    public StandInSettings withClient(@Nullable String id, @Nullable String secret) {
        return with(copy -> {
            copy.clientId = id;
            copy.clientSecret = secret;
        });
    }

    /** Accepts only this access key, where the contract has them; null accepts any id, or any secret. */
    public StandInSettings withAccessKey(@Nullable String id, @Nullable String secret) {
        return with(copy -> {
            copy.accessKeyId = id;
            copy.accessKeySecret = secret;
        });
    }

    public boolean letsClient(@Nullable String id, @Nullable String secret) {
        return lets(clientId, id) && lets(clientSecret, secret);
    }

    public boolean letsAccessKey(@Nullable String id, @Nullable String secret) {
        return lets(accessKeyId, id) && lets(accessKeySecret, secret);
    }

    /** @param wanted null for any value but a blank one */
    private static boolean lets(@Nullable String wanted, @Nullable String given) {
        return given != null && !given.isBlank() && (wanted == null || wanted.equals(given));
    }

    /** True when only one client may sign in. */
    public boolean namesClient() {
        return clientId != null || clientSecret != null;
    }

    /** @param seconds how long a token is live, and what {@code expires_in} says; 0 to 2147483647 */
    public StandInSettings withTokenLifetime(int seconds) {
        return with(copy -> copy.tokenLifetimeSeconds = seconds);
    }

    /** @param calls how many of the latest posts {@link StandIn#calls} remembers, 0 (none) to 10000000 */
    public StandInSettings withJournal(int calls) {
        return with(copy -> copy.journalSize = calls);
    }

    /** The journal also keeps headers and body of each post; one body is up to 1 MiB. */
    public StandInSettings withHeadersAndBodies() {
        return with(copy -> copy.keepRequests = true);
    }

    StandInSettings withTraffic(UnaryOperator<Traffic> change) {
        return with(copy -> copy.traffic = change.apply(traffic));
    }

    public StandInSettings withLatency(int millis) {
        return withTraffic(now -> now.withLatency(millis));
    }

    /**
     * @param perSecond chat posts accepted per second; 0 for no limit
     * @param atOnce posts accepted at once after a rest
     */
    public StandInSettings withRate(double perSecond, int atOnce) {
        return withTraffic(now -> now.withRate(perSecond, atOnce));
    }

    public StandInSettings withRetryAfter(RetryAfterForm form) {
        return withTraffic(now -> now.withRetryAfter(form));
    }

    /** @param percent of the chat posts, 0 to 100 */
    public StandInSettings withFault(Fault fault, double percent) {
        return withTraffic(now -> now.withFaults(now.faults().with(fault, percent)));
    }

    /** @param source nanoseconds of the rate limits and lags, for tests that do not wait; default {@link System#nanoTime} */
    public StandInSettings withNanoTime(LongSupplier source) {
        return with(copy -> copy.nanoTime = source);
    }

    public int tokenLifetimeSeconds() {
        return tokenLifetimeSeconds;
    }

    public int journalSize() {
        return journalSize;
    }

    public boolean keepsHeadersAndBodies() {
        return keepRequests;
    }

    /** The start of the random sequence that picks the posts that meet a fault. */
    public StandInSettings withSeed(long seed) {
        return withTraffic(now -> now.withFaults(now.faults().withSeed(seed)));
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "StandInSettings[host=%s, port=%s, tls=%s, clientId=%s, traffic=%s]"
                .formatted(host, port, tls != null, clientId, traffic);
    }
}
