package io.cxt.pickup.jms;

import io.cxt.pickup.OptionalParts;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.text.SafeName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.utils.uri.BeanSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options of the broker's URL. Those that would make the client wait forever, or lose a message, are overridden; those
 * that send chats in clear to another machine are refused.
 */
final class JmsOptions {
    private static final Logger LOG = LoggerFactory.getLogger(JmsOptions.class);
    private static final int ANSWER_MS = 5_000;
    private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[?::1]?|127(\\.\\d{1,3}){3}");

    /**
     * Options that are used whatever the URL says. A broker that is away is tried each second, each address in turn. With a
     * window one consumer would take messages that others could read.
     */
    private static final Map<String, Object> OURS = Map.ofEntries(
            Map.entry("reconnectAttempts", "0"),
            Map.entry("initialConnectAttempts", "1"),
            Map.entry("retryInterval", "100"),
            Map.entry("retryIntervalMultiplier", "1.0"),
            Map.entry("maxRetryInterval", "100"),
            Map.entry("callTimeout", "5000"),
            Map.entry("callFailoverTimeout", "5000"),
            Map.entry("connectionTTL", "60000"),
            Map.entry("clientFailureCheckPeriod", "30000"),
            Map.entry("preAcknowledge", "false"),
            Map.entry("blockOnDurableSend", "true"),
            Map.entry("consumerWindowSize", "0"),
            Map.entry("cacheLargeMessagesClient", "false"));

    private static final Pattern OPTION = Pattern.compile("[?&;](\\w+)=([^&;)]*)");

    private JmsOptions() {}

    /**
     * The client as CXT uses it; connects to nothing yet.
     *
     * @throws InvalidSettingsException naming the property
     */
    static ActiveMQConnectionFactory factory(JmsSettings settings) {
        ActiveMQConnectionFactory factory = parsed(settings);
        requireGuarded(settings, factory);
        try {
            BeanSupport.setData(factory, new HashMap<>(OURS));
        } catch (Exception e) {
            throw new IllegalStateException("the client takes its own options", e);
        }
        for (TransportConfiguration address : addresses(factory)) {
            address.getParams().put(TransportConstants.NETTY_CONNECT_TIMEOUT, ANSWER_MS);
        }
        String overridden = overridden(settings.url());
        if (!overridden.isEmpty()) {
            LOG.warn(
                    "option overridden property=pickup.jms.broker-url options=\"{}\" next=\"remove them: CXT reconnects by"
                            + " itself, and reports within seconds that the broker is away\"",
                    overridden);
        }
        return factory;
    }

    private static ActiveMQConnectionFactory parsed(JmsSettings settings) {
        try {
            return new ActiveMQConnectionFactory(settings.url(), settings.username(), settings.password());
        } catch (RuntimeException | LinkageError e) {
            LinkageError broken = OptionalParts.broken(e);
            if (broken != null) {
                throw new InvalidSettingsException(List.of(
                        "pickup.jms needs the client of Artemis with all its dependencies, and a class is missing or broken: %s. Put its jar back into lib/, or add org.apache.artemis:artemis-jakarta-client with its dependencies"
                                .formatted(SafeName.log(String.valueOf(broken.getMessage())))));
            }
            throw new InvalidSettingsException(
                    List.of("pickup.jms.broker-url is %s with options that the client does not take; allowed:"
                                    .formatted(settings.address())
                            + " tcp://host:port, with TLS also ?sslEnabled=true&trustStorePath=…"));
        }
    }

    /** The brokers that the URL names; none when they are found by asking the network. */
    static List<TransportConfiguration> addresses(ActiveMQConnectionFactory factory) {
        TransportConfiguration[] named = factory.getStaticConnectors();
        return named == null ? List.of() : List.of(named);
    }

    private static void requireGuarded(JmsSettings settings, ActiveMQConnectionFactory factory) {
        List<TransportConfiguration> addresses = addresses(factory);
        if (!settings.allowClear()
                && (addresses.isEmpty() || !addresses.stream().allMatch(JmsOptions::guarded))) {
            throw new InvalidSettingsException(List.of(
                    ("pickup.jms.broker-url is %s; passwords and chats must not travel in clear, or to anybody who answers: add"
                                    + " ?sslEnabled=true&trustStorePath=… to it, without trustAll and verifyHost=false. Where the"
                                    + " network is guarded otherwise, set pickup.jms.allow-clear = true")
                            .formatted(settings.address())));
        }
    }

    private static boolean guarded(TransportConfiguration address) {
        Map<String, Object> options = address.getParams();
        return !address.getFactoryClassName().equals(NettyConnectorFactory.class.getName())
                || LOOPBACK.matcher(option(options, TransportConstants.HOST_PROP_NAME, "localhost"))
                                .matches()
                        && !options.containsKey(TransportConstants.SOCKS_HOST_PROP_NAME)
                || Boolean.parseBoolean(option(options, TransportConstants.SSL_ENABLED_PROP_NAME, "false"))
                        && !Boolean.parseBoolean(option(options, TransportConstants.TRUST_ALL_PROP_NAME, "false"))
                        && Boolean.parseBoolean(option(options, TransportConstants.VERIFY_HOST_PROP_NAME, "true"));
    }

    static String option(Map<String, Object> options, String name, String otherwise) {
        Object value = options.get(name);
        return value == null ? otherwise : value.toString();
    }

    private static String overridden(String url) {
        Matcher option = OPTION.matcher(url);
        return option.results()
                .filter(given -> OURS.containsKey(given.group(1))
                        && !OURS.get(given.group(1)).equals(given.group(2)))
                .map(given -> "%s=%s becomes %s".formatted(given.group(1), given.group(2), OURS.get(given.group(1))))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
