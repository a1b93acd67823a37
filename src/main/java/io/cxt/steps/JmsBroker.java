package io.cxt.steps;

import io.cxt.settings.InvalidSettingsException;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The way to the broker. Tells its contact how each attempt went, in words that say what to do. */
public final class JmsBroker implements ConnectionFactory, AutoCloseable {
    private final JmsSettings settings;
    private final Contact contact;
    private final ActiveMQConnectionFactory factory;
    private Connection looking;

    JmsBroker(JmsSettings settings, Contact contact) {
        this.settings = settings;
        this.contact = contact;
        this.factory = factory(settings);
    }

    /** For a look from outside of a run; see {@link #fault}. */
    public static JmsBroker toLookAt(JmsSettings settings) {
        return new JmsBroker(settings, new Contact("jms"));
    }

    private static ActiveMQConnectionFactory factory(JmsSettings settings) {
        try {
            ActiveMQConnectionFactory made =
                    new ActiveMQConnectionFactory(settings.url(), settings.username(), settings.password());
            made.setConsumerWindowSize(0); // else one consumer takes up what others could work on
            return made;
        } catch (RuntimeException e) {
            throw new InvalidSettingsException(
                    List.of("pickup.jms.broker-url is %s with options that the client does not take; allowed:"
                                    .formatted(settings.address())
                            + " tcp://host:port, with TLS also ?sslEnabled=true&trustStorePath=…"));
        }
    }

    @Override
    public Connection createConnection() throws JMSException {
        try {
            Connection made = factory.createConnection();
            try {
                isEmpty(made, settings.queue()); // a connection to a broker without our queue is of no use
            } catch (JMSException e) {
                made.close();
                throw e;
            }
            contact.made();
            return made;
        } catch (JMSException e) {
            contact.lost(inWords(e, settings.queue(), "pickup.jms.queue"));
            throw e;
        }
    }

    private static boolean isEmpty(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(queue(session, queue))) {
            return !browser.getEnumeration().hasMoreElements();
        }
    }

    private static Queue queue(Session session, String name) throws JMSException {
        try {
            return session.createQueue(name);
        } catch (JMSException e) {
            if (e.getClass() == JMSException.class
                    && e.getCause() == null) { // how this client says that it is not there
                throw new InvalidDestinationException(e.getMessage());
            }
            throw e;
        }
    }

    private String inWords(JMSException fault, String queue, String property) {
        if (fault instanceof JMSSecurityException) {
            return ("The broker %s refuses the user. Check pickup.jms.username and pickup.jms.password-file, and that the"
                            + " user may read and browse %s")
                    .formatted(settings.address(), queue);
        }
        if (fault instanceof InvalidDestinationException) {
            return "The broker %s has no queue %s. Make it there, or mend %s"
                    .formatted(settings.address(), queue, property);
        }
        return ("The broker %s does not answer (%s). Check pickup.jms.broker-url and the broker; messages stay there, and"
                        + " CXT goes on by itself")
                .formatted(
                        settings.address(),
                        fault.getErrorCode() == null ? fault.getClass().getSimpleName() : fault.getErrorCode());
    }

    /** True when nothing lies in the queue, apart from what a consumer has in hand. False when nobody can tell. */
    synchronized boolean isEmpty() {
        try {
            if (looking == null) {
                looking = createConnection();
                looking.start();
            }
            return isEmpty(looking, settings.queue());
        } catch (JMSException e) {
            close();
            return false;
        }
    }

    /** What is wrong with the two queues, in words; null when both are there. */
    public String fault() {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            for (String[] queue : List.of(
                    new String[] {settings.queue(), "pickup.jms.queue"},
                    new String[] {settings.deadLetterQueue(), "pickup.jms.dead-letter-queue"})) {
                try {
                    isEmpty(connection, queue[0]);
                } catch (JMSException e) {
                    return inWords(e, queue[0], queue[1]);
                }
            }
            return null;
        } catch (JMSException e) {
            return inWords(e, settings.queue(), "pickup.jms.queue");
        }
    }

    @Override
    public synchronized void close() {
        if (looking != null) {
            try {
                looking.close();
            } catch (JMSException e) {
                // it is gone already
            }
            looking = null;
        }
    }

    @Override
    public Connection createConnection(String username, String password) throws JMSException {
        return createConnection();
    }

    @Override
    public JMSContext createContext() {
        return factory.createContext();
    }

    @Override
    public JMSContext createContext(String username, String password) {
        return factory.createContext();
    }

    @Override
    public JMSContext createContext(String username, String password, int sessionMode) {
        return factory.createContext(sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return factory.createContext(sessionMode);
    }
}
