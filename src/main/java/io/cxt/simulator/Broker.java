package io.cxt.simulator;

import jakarta.jms.JMSContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.jspecify.annotations.Nullable;

/**
 * A running message broker (Artemis) on 127.0.0.1. Its messages are on disk and are still there when it is started again in the
 * same folder. Both queues exist before the first message, so that dead letters have a queue.
 */
public final class Broker implements AutoCloseable {

    public static final String QUEUE = "cxone.transcripts";
    public static final String DEAD_LETTERS = "DLQ";

    private static final String ACCEPTOR = "tcp";
    private static final int JOURNAL_FILE_BYTES = 4 * 1024 * 1024;
    private static final long LOCK_LIMIT_MS = 10_000;
    private static final long REDELIVERY_DELAY_MS = 100;

    private final ActiveMQServer server;
    private final String url;

    private Broker(ActiveMQServer server, String url) {
        this.server = server;
        this.url = url;
    }

    /** Starts one without encryption or sign-in, on any free port; it accepts connections when this returns. */
    public static Broker start(Path folder) throws IOException {
        return start(configuration(folder), null);
    }

    /** @param users who may sign in; null for anyone */
    static Broker start(Configuration configuration, @Nullable ActiveMQSecurityManager users) throws IOException {
        ActiveMQServer server = new ActiveMQServerImpl(configuration, null, users);
        AtomicReference<Exception> failure = new AtomicReference<>();
        server.registerActivationFailureListener(failure::set);
        try {
            server.start();
            if (failure.get() != null) {
                throw failure.get();
            }
            if (!(server.getRemotingService().getAcceptor(ACCEPTOR) instanceof NettyAcceptor acceptor)) {
                throw new IOException("the broker does not listen");
            }
            return new Broker(server, "tcp://127.0.0.1:" + acceptor.getActualPort());
        } catch (Exception e) {
            stop(server);
            throw new IOException(
                    "The broker does not start in %s on port %s. Does another one run there?"
                            .formatted(
                                    configuration.getBrokerInstance(),
                                    parameters(configuration).get(TransportConstants.PORT_PROP_NAME)),
                    e);
        }
    }

    /** @param in the folder of the journal; created if missing */
    static Configuration configuration(Path in) {
        String folder = in.toAbsolutePath().toString();
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration.setBrokerInstance(in.toAbsolutePath().toFile());
        configuration
                .setName("cxt")
                .setJournalDirectory(folder + "/journal")
                .setBindingsDirectory(folder + "/bindings")
                .setLargeMessagesDirectory(folder + "/large-messages")
                .setPagingDirectory(folder + "/paging")
                .setNodeManagerLockDirectory(folder + "/lock")
                .setJournalLockAcquisitionTimeout(LOCK_LIMIT_MS)
                .setPersistenceEnabled(true)
                .setJournalType(JournalType.NIO)
                .setJournalFileSize(JOURNAL_FILE_BYTES)
                .setJMXManagementEnabled(false)
                .setMessageCounterEnabled(false)
                .setGracefulShutdownEnabled(false)
                .setMaxDiskUsage(-1)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration(acceptor())
                .addAddressConfiguration(queue(QUEUE))
                .addAddressConfiguration(queue(DEAD_LETTERS))
                .addAddressSetting(
                        "#",
                        new AddressSettings()
                                .setAutoCreateAddresses(false)
                                .setAutoCreateQueues(false)
                                .setAutoDeleteAddresses(false)
                                .setAutoDeleteQueues(false)
                                .setRedeliveryDelay(REDELIVERY_DELAY_MS)
                                .setExpiryAddress(SimpleString.of(DEAD_LETTERS))
                                .setDeadLetterAddress(SimpleString.of(DEAD_LETTERS)));
        return configuration;
    }

    /** What its only acceptor was told. */
    static Map<String, Object> parameters(Configuration configuration) {
        return configuration.getAcceptorConfigurations().iterator().next().getParams();
    }

    private static TransportConfiguration acceptor() {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put(TransportConstants.HOST_PROP_NAME, "127.0.0.1");
        parameters.put(TransportConstants.PORT_PROP_NAME, 0);
        parameters.put(TransportConstants.PROTOCOLS_PROP_NAME, "CORE");
        parameters.put(TransportConstants.USE_EPOLL_PROP_NAME, false);
        parameters.put(TransportConstants.USE_KQUEUE_PROP_NAME, false);
        return new TransportConfiguration(NettyAcceptorFactory.class.getName(), parameters, ACCEPTOR);
    }

    private static CoreAddressConfiguration queue(String name) {
        return new CoreAddressConfiguration()
                .setName(name)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfiguration(QueueConfiguration.of(name)
                        .setAddress(name)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true));
    }

    /** A value for {@code pickup.jms.broker-url}; with TLS append {@code ?sslEnabled=true} and a trust store. */
    public String url() {
        return url;
    }

    public int port() {
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    }

    /** Sends texts to {@link #QUEUE}; returns when all are on disk. For a broker without TLS and sign-in. */
    public void send(Collection<String> texts) {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
                JMSContext sender = factory.createContext(JMSContext.SESSION_TRANSACTED)) {
            texts.forEach(text -> sender.createProducer().send(sender.createQueue(QUEUE), text));
            sender.commit();
        }
    }

    /** The number of messages in a queue, including those being delivered. */
    public long messages(String queue) {
        Queue found = server.locateQueue(queue);
        return found == null ? 0 : found.getMessageCount();
    }

    /** Stops it: connections are closed, messages stay on disk. */
    @Override
    public void close() throws IOException {
        stop(server);
    }

    private static void stop(ActiveMQServer server) throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the broker does not stop", e);
        }
    }
}
