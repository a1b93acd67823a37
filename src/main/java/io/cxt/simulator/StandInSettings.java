package io.cxt.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * What a stand-in is started with.
 *
 * @param host name or address to listen on; whoever reaches it can also change it through {@code /control}
 * @param port 0 for any free port
 * @param tls null for plain HTTP
 * @param clientId the only client id let in, or null for any
 * @param clientSecret the only client secret let in, or null for any
 * @param tokenLifetimeSeconds how long a token is live, and what {@code expires_in} says; 0 to 2147483647
 * @param journalSize how many of the latest posts {@link StandIn#calls} remembers, 0 to 10000000; 0 switches it off
 * @param keepRequests whether the journal also remembers headers and body; one body is up to 1 MiB
 * @param traffic how calls are treated
 */
public record StandInSettings(
        String host,
        int port,
        SSLContext tls,
        String clientId,
        String clientSecret,
        int tokenLifetimeSeconds,
        int journalSize,
        boolean keepRequests,
        Traffic traffic) {

    public StandInSettings {
        List<String> problems = new ArrayList<>();
        if (host == null || host.isBlank()) {
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

    /** Loopback, any free port, plain HTTP, any client, tokens for an hour, 10,000 calls remembered, calm traffic. */
    public static StandInSettings defaults() {
        return new StandInSettings("127.0.0.1", 0, null, null, null, 3600, 10_000, false, Traffic.calm());
    }

    public StandInSettings withHost(String name) {
        return new StandInSettings(
                name, port, tls, clientId, clientSecret, tokenLifetimeSeconds, journalSize, keepRequests, traffic);
    }

    /** @param number 0 for any free port */
    public StandInSettings withPort(int number) {
        return new StandInSettings(
                host, number, tls, clientId, clientSecret, tokenLifetimeSeconds, journalSize, keepRequests, traffic);
    }

    public StandInSettings withTls(SSLContext context) {
        return new StandInSettings(
                host, port, context, clientId, clientSecret, tokenLifetimeSeconds, journalSize, keepRequests, traffic);
    }

    /** Null lets any id, or any secret, in. */
    public StandInSettings withClient(String id, String secret) {
        return new StandInSettings(
                host, port, tls, id, secret, tokenLifetimeSeconds, journalSize, keepRequests, traffic);
    }

    public StandInSettings withTokenLifetime(int seconds) {
        return new StandInSettings(
                host, port, tls, clientId, clientSecret, seconds, journalSize, keepRequests, traffic);
    }

    /** @param calls how many of the latest posts are remembered; 0 switches the journal off */
    public StandInSettings withJournal(int calls) {
        return new StandInSettings(
                host, port, tls, clientId, clientSecret, tokenLifetimeSeconds, calls, keepRequests, traffic);
    }

    /** The journal also remembers headers and body of each post. */
    public StandInSettings withHeadersAndBodies() {
        return new StandInSettings(
                host, port, tls, clientId, clientSecret, tokenLifetimeSeconds, journalSize, true, traffic);
    }

    public StandInSettings withTraffic(UnaryOperator<Traffic> change) {
        return new StandInSettings(
                host,
                port,
                tls,
                clientId,
                clientSecret,
                tokenLifetimeSeconds,
                journalSize,
                keepRequests,
                change.apply(traffic));
    }

    public StandInSettings withLatency(int millis) {
        return withTraffic(now -> now.withLatency(millis));
    }

    /**
     * @param perSecond chat posts let in per second; 0 for no limit
     * @param atOnce posts let in at once after a rest
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

    /** The start of the random sequence that picks the posts that meet a fault. */
    public StandInSettings withSeed(long seed) {
        return withTraffic(now -> now.withFaults(now.faults().withSeed(seed)));
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "Settings[host=%s, port=%s, tls=%s, clientId=%s, traffic=%s]"
                .formatted(host, port, tls != null, clientId, traffic);
    }
}
