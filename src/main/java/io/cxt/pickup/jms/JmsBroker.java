package io.cxt.pickup.jms;

import io.cxt.pickup.Reachability;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.connection.DelegatingConnectionFactory;

/**
 * The connection to the broker. Reports each attempt to its contact, in words that say what to do. While there are
 * connections it checks every few seconds whether the broker answers; if not, it cuts all of them, so that nobody waits.
 */
final class JmsBroker extends DelegatingConnectionFactory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmsBroker.class);
    private static final long LOOK_EVERY_MS = 5_000;
    private static final long ANSWER_AT_STOP_MS = 4_000;

    private final JmsSettings settings;
    private final Reachability contact;
    private final ActiveMQConnectionFactory factory;
    private final JmsFaults faults;
    private final Set<ActiveMQConnection> made = ConcurrentHashMap.newKeySet();
    private final Object looks = new Object();
    private @Nullable ActiveMQConnection looking;
    private @Nullable ScheduledExecutorService watch;
    private volatile long answeredAt = System.nanoTime();
    private volatile long messages;
    private final AtomicBoolean remarked = new AtomicBoolean();

    JmsBroker(JmsSettings settings, Reachability contact) {
        this.settings = settings;
        this.contact = contact;
        this.factory = JmsOptions.factory(settings);
        this.faults = new JmsFaults(settings, factory);
        setTargetConnectionFactory(factory);
    }

    @Override
    public Connection createConnection() throws JMSException {
        ActiveMQConnection connection = connect();
        made.removeIf(old -> old.getSessionFactory().isClosed());
        made.add(connection);
        synchronized (made) {
            if (watch == null) {
                ScheduledExecutorService begun = Executors.newScheduledThreadPool(2, work -> {
                    Thread thread = new Thread(work, "cxt-jms-look");
                    thread.setDaemon(true);
                    return thread;
                });
                watch = begun;
                begun.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
            }
        }
        return connection;
    }

    private ActiveMQConnection connect() throws JMSException {
        try {
            ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
            try {
                JmsQueue queue = JmsQueue.of(connection, settings.queue());
                messages = queue.messages();
                isEmpty(connection, settings.queue()); // without our queue the connection is of no use
                connection.start();
                tell(queue, connection);
            } catch (JMSException e) {
                cut(connection);
                throw e;
            }
            contact.made();
            return connection;
        } catch (JMSException e) {
            contact.lost(faults.inWords(e, settings.queue(), "pickup.jms.queue"));
            throw e;
        }
    }

    /** Logs remarks about the queue, once. */
    private void tell(JmsQueue queue, ActiveMQConnection connection) {
        if (!remarked.compareAndSet(false, true)) {
            return;
        }
        queue.remarks(connection, settings)
                .forEach(remark -> LOG.warn("queue queue={} remark=\"{}\"", queue.name(), remark));
    }

    static boolean isEmpty(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(JmsQueue.named(session, queue))) {
            return !browser.getEnumeration().hasMoreElements();
        }
    }

    /** How many messages the queue had at the last check, those in flight included. */
    long messages() {
        return messages;
    }

    /** True when the queue is empty, apart from messages in flight. False when that is not known. */
    boolean isEmpty() {
        synchronized (looks) {
            try {
                boolean empty = isEmpty(looking(), settings.queue());
                messages = empty ? 0 : messages;
                answeredAt = System.nanoTime();
                return empty;
            } catch (JMSException e) {
                cut(looking);
                looking = null;
                return false;
            }
        }
    }

    private ActiveMQConnection looking() throws JMSException {
        ActiveMQConnection open = looking == null ? connect() : looking;
        looking = open;
        return open;
    }

    /** True when the broker answers and has the queue. */
    private boolean answers() {
        synchronized (looks) {
            try {
                JmsQueue queue = JmsQueue.of(looking(), settings.queue());
                if (!queue.exists()) {
                    throw new InvalidDestinationException("it was deleted");
                }
                messages = queue.messages();
                answeredAt = System.nanoTime();
                return true;
            } catch (JMSException | RuntimeException e) {
                cut(looking);
                looking = null;
                return false;
            }
        }
    }

    private void look() {
        if (!answers() && !answers()) { // the second time on a connection of its own
            cutAll();
        }
    }

    private void cutAll() {
        made.forEach(JmsBroker::cut);
        made.clear();
    }

    /** Ends a connection without a message to the other end, which may not answer. Threads that wait on it fail at once. */
    private static void cut(@Nullable ActiveMQConnection connection) {
        if (connection == null || connection.getSessionFactory().isClosed()) {
            return;
        }
        RemotingConnection line = connection.getSessionFactory().getConnection();
        if (line != null) {
            line.fail(new ActiveMQNotConnectedException("no answer"));
        }
    }

    /** Cuts all connections unless the broker answers soon, so that nobody waits for it at a stop. */
    void stop() {
        synchronized (made) {
            if (watch != null && !watch.isShutdown()) {
                long asked = System.nanoTime();
                watch.execute(this::answers);
                watch.schedule(
                        () -> {
                            if (answeredAt - asked < 0) {
                                cutAll();
                            }
                        },
                        ANSWER_AT_STOP_MS,
                        TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public void close() {
        synchronized (made) {
            if (watch != null) {
                watch.shutdownNow();
            }
        }
        cutAll();
        cut(looking);
        factory.close();
    }

    @Override
    public Connection createConnection(String username, String password) throws JMSException {
        return createConnection();
    }
}
