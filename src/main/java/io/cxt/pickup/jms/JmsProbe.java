package io.cxt.pickup.jms;

import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** Examines a broker outside of a run. Takes no message and creates no queue. */
public final class JmsProbe implements AutoCloseable {
    private final JmsSettings settings;
    private final ActiveMQConnectionFactory factory;
    private final JmsFaults faults;

    /**
     * Connects to nothing yet.
     *
     * @throws io.cxt.settings.InvalidSettingsException when the URL cannot be used, or leads to another machine in clear
     */
    public JmsProbe(JmsSettings settings) {
        this.settings = settings;
        this.factory = JmsOptions.factory(settings);
        this.faults = new JmsFaults(settings, factory);
    }

    /** What is wrong with the two queues, in words; null when both are there. */
    public @Nullable String fault() {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            for (String[] queue : List.of(
                    new String[] {settings.queue(), "pickup.jms.queue"},
                    new String[] {settings.deadLetterQueue(), "pickup.jms.dead-letter-queue"})) {
                try {
                    JmsQueue found = JmsQueue.of(connection, queue[0]);
                    if (found.exists()) {
                        JmsBroker.isEmpty(connection, queue[0]); // its user may browse
                    } else if (!found.madeAtNeed()) {
                        throw new InvalidDestinationException("not there");
                    }
                } catch (JMSException e) {
                    return faults.inWords(e, queue[0], queue[1]);
                }
            }
            return null;
        } catch (JMSException e) {
            return faults.inWords(e, settings.queue(), "pickup.jms.queue");
        }
    }

    /** Remarks about a queue that works, a sentence each. Empty when the broker cannot be asked. */
    public List<String> remarks() {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            return JmsQueue.of(connection, settings.queue()).remarks(connection, settings);
        } catch (JMSException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        factory.close();
    }
}
