package io.cxt.pickup.jms;

import io.cxt.pickup.OptionalParts;
import io.cxt.settings.Settings;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The queue that transcripts come from.
 *
 * @param url of the broker, as the Artemis client takes it; may hold a password, so it is never shown completely
 * @param username null to sign in without a name
 * @param password null when there is none
 * @param deadLetterQueue where the broker puts messages that were delivered too often, as after crashes
 * @param maxMessageBytes longer messages become dead letters
 * @param allowClear true to accept a broker on another machine without verified TLS
 * @param sending true when transcripts go there, false when they come from there
 */
public record JmsSettings(
        String url,
        @Nullable String username,
        @Nullable String password,
        String queue,
        String deadLetterQueue,
        int maxMessageBytes,
        boolean allowClear,
        boolean sending) {

    private static final String ENQUEUE = "enqueue-transcript";
    private static final Pattern USER = Pattern.compile("//[^/?(),]*@");
    private static final Pattern HOST = Pattern.compile("[\\w+]://([^/?(),;&]+)");
    private static final int MOST_BYTES = 256 * 1024 * 1024;

    /** Reads and checks {@code pickup.jms.*}; problems stay in the settings. Null when the queue is not used. */
    public static @Nullable JmsSettings from(Settings settings) {
        boolean taking = settings.flag("pickup.jms.enabled", false);
        boolean sending = settings.choice("pickup.hand-to", "prepare-transcript", "prepare-transcript", ENQUEUE)
                .equals(ENQUEUE);
        if (!taking && !sending) {
            return null;
        }
        if (taking && sending) {
            settings.problem(
                    "pickup.hand-to is enqueue-transcript while pickup.jms.enabled is true: what is taken off the"
                            + " queue would go back there. Leave one of them to another instance");
        }
        String cause = sending ? "pickup.hand-to = " + ENQUEUE : "pickup.jms.enabled = true";
        OptionalParts.need(
                settings, cause, "org.apache.camel.component.jms.JmsComponent", "org.apache.camel:camel-jms");
        OptionalParts.need(
                settings,
                cause,
                "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory",
                "org.apache.artemis:artemis-jakarta-client");
        String url = settings.required(
                "pickup.jms.broker-url", "the broker, for example tcp://broker.example.com:61616?sslEnabled=true");
        String wrong = url.isEmpty() ? null : wrong(url);
        if (wrong != null) {
            settings.problem("pickup.jms.broker-url is %s; %s".formatted(shown(url), wrong));
        }
        settings.number("pickup.jms.recovery-ms", 1_000, 100, 3_600_000);
        return new JmsSettings(
                url,
                settings.optional("pickup.jms.username").orElse(null),
                settings.secretFile("pickup.jms.password-file").orElse(null),
                settings.optional("pickup.jms.queue").orElse("cxone.transcripts"),
                settings.optional("pickup.jms.dead-letter-queue").orElse("DLQ"),
                settings.integer("pickup.jms.max-message-bytes", 16 * 1024 * 1024, 1024, MOST_BYTES),
                settings.flag("pickup.jms.allow-clear", false),
                sending);
    }

    /** What is wrong with an address, and what to write; null for one that the client may use. */
    private static @Nullable String wrong(String url) {
        if (url.matches("(?s).*\\s.*")) {
            return "it holds a blank. Write it without, like tcp://host:port";
        }
        if (USER.matcher(url).find()) {
            return "it holds a name or a password. Take them out: pickup.jms.username and pickup.jms.password-file";
        }
        List<String> hosts = HOST.matcher(url)
                .results()
                .map(host -> "tcp://" + host.group(1))
                .toList();
        String host = hosts.isEmpty() ? "tcp://host:61616" : hosts.get(0);
        String all = hosts.size() > 1 ? "(%s)".formatted(String.join(",", hosts)) : host;
        String scheme =
                url.startsWith("(") ? "(" : url.replaceFirst("(?s)^(?:([\\w+.-]+):(?=//|\\(|[a-z+]+:))?.*", "$1");
        return switch (scheme) {
            case "tcp" -> hosts.size() > 1 ? "it names several brokers. Write " + all : null;
            case "(" -> url.startsWith("(tcp://") ? null : "it must look like (tcp://host:port,tcp://other:port)";
            case "udp", "jgroups" -> null; // the network is asked
            case "" -> "it has no scheme. Write tcp://" + url.replaceFirst("[/?].*", "");
            case "failover", "static", "fanout", "discovery" ->
                "that is how ActiveMQ Classic says it. Write %s; CXT reconnects by itself".formatted(all);
            case "ssl", "tls", "nio+ssl", "auto+ssl" ->
                "TLS is an option here. Write %s?sslEnabled=true&trustStorePath=…".formatted(host);
            case "nio", "auto" -> "Write " + host;
            case "amqp", "amqps" ->
                "CXT speaks Artemis CORE, and not AMQP. Write tcp://host:61616, the port of Artemis, or see the AMQP pickup in"
                        + " docs/recipes.md";
            case "vm" -> "that is a broker in the same Java. Write tcp://host:61616";
            default -> "it must look like tcp://host:port, the port where Artemis speaks CORE";
        };
    }

    private static String shown(String url) {
        return url.replaceFirst("(?s)\\?.*", "").replaceAll("(?s)//[^/(),]*@", "//…@");
    }

    /** The broker's address without what may be secret. */
    String address() {
        return shown(url);
    }

    /** Leaves the password out, which may also be in the URL: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "JmsSettings[broker=%s, queue=%s]".formatted(address(), queue);
    }
}
