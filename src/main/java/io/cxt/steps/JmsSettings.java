package io.cxt.steps;

import io.cxt.settings.Settings;

/**
 * The queue that transcripts come from.
 *
 * @param url of the broker, as the Artemis client takes it; may hold a password, so it is never shown whole
 * @param username null to sign in as nobody
 * @param password null when there is none
 * @param deadLetterQueue where the broker puts what was delivered too often, as by crashes
 * @param maxMessageBytes longer messages become dead letters
 * @param allowClear true to take a broker on another machine without TLS that proves who it is
 * @param sending true when transcripts go there, false when they come from there
 */
public record JmsSettings(
        String url,
        String username,
        String password,
        String queue,
        String deadLetterQueue,
        int maxMessageBytes,
        boolean allowClear,
        boolean sending) {

    private static final String ENQUEUE = "enqueue-transcript";
    private static final int MOST_BYTES = 256 * 1024 * 1024;

    /** Reads and checks {@code pickup.jms.*}; problems stay in the settings. Null when the queue is not used. */
    public static JmsSettings from(Settings settings) {
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
        return new JmsSettings(
                settings.required(
                        "pickup.jms.broker-url",
                        "the broker, for example tcp://broker.example.com:61616?sslEnabled=true"),
                settings.optional("pickup.jms.username").orElse(null),
                settings.secretFile("pickup.jms.password-file").orElse(null),
                settings.optional("pickup.jms.queue").orElse("cxone.transcripts"),
                settings.optional("pickup.jms.dead-letter-queue").orElse("DLQ"),
                settings.integer("pickup.jms.max-message-bytes", 16 * 1024 * 1024, 1024, MOST_BYTES),
                settings.flag("pickup.jms.allow-clear", false),
                sending);
    }

    /** The broker's address without what may be secret. */
    String address() {
        return url.replaceFirst("\\?.*", "");
    }

    /** Leaves the password out, which may also be in the URL: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "JmsSettings[broker=%s, queue=%s]".formatted(address(), queue);
    }
}
