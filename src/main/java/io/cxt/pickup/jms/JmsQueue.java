package io.cxt.pickup.jms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.AddressQuery;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;
import org.jspecify.annotations.Nullable;

/**
 * What a broker says about a queue. Asking does not create it.
 *
 * @param madeAtNeed true when the broker creates it for its first consumer
 * @param consumers how many it has now
 * @param messages in it, those in flight included
 */
record JmsQueue(String name, boolean exists, boolean madeAtNeed, int consumers, long messages) {
    private static final String MANAGEMENT = "activemq.management";
    private static final long ANSWER_MS = 2_000;

    static JmsQueue of(Connection connection, String name) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            ClientSession core = ((ActiveMQSession) session).getCoreSession();
            QueueQuery found = core.queueQuery(SimpleString.of(name));
            AddressQuery address = core.addressQuery(SimpleString.of(name));
            boolean topic = address.isExists() && !address.isSupportsAnycast();
            return new JmsQueue(
                    name,
                    found.isExists(),
                    found.isAutoCreateQueues() && !topic,
                    found.getConsumerCount(),
                    found.getMessageCount());
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }

    /** The queue for a browser or a producer. */
    static Queue named(Session session, String name) throws JMSException {
        try {
            return session.createQueue(name);
        } catch (JMSException e) {
            if (e.getClass() == JMSException.class
                    && e.getCause() == null) { // how this client says that the queue is missing
                throw new InvalidDestinationException(e.getMessage());
            }
            throw e;
        }
    }

    /** Remarks about it, a sentence or two each. */
    List<String> remarks(Connection connection, JmsSettings settings) {
        List<String> remarks = new ArrayList<>();
        if (!exists && madeAtNeed) {
            remarks.add(
                    "The queue %s was not there; the broker makes it for CXT. If transcripts come in another, correct"
                                    .formatted(name)
                            + " pickup.jms.queue");
        }
        if (consumers > 0 && !settings.sending()) {
            remarks.add(
                    ("%s other consumers take from the queue %s. Each of them needs the same PostgreSQL as ledger: with a"
                                    + " SQLite each, what one began is sent again by another")
                            .formatted(consumers, name));
        }
        if (!settings.sending()) {
            String dropped = afterTheLastDelivery(connection);
            if (dropped != null) {
                remarks.add(dropped);
            }
        }
        return remarks;
    }

    /** What happens to a message whose deliveries are used up by crashes; null when it is kept. */
    private @Nullable String afterTheLastDelivery(Connection connection) {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            ClientSession core = ((ActiveMQSession) session).getCoreSession();
            JsonNode settings = addressSettings(core);
            int most = settings.path("maxDeliveryAttempts").asInt(10);
            String address = settings.path("deadLetterAddress")
                    .asText(settings.path("DLA").asText("")); // as older brokers say it
            boolean kept = !address.isEmpty()
                    && !core.addressQuery(SimpleString.of(address))
                            .getQueueNames()
                            .isEmpty();
            return kept || most < 0
                    ? null
                    : ("A message of %s that was delivered %s times, as by so many crashes of CXT, is dropped by the broker: %s."
                                    + " Give it a dead-letter address with a queue")
                            .formatted(
                                    name,
                                    most,
                                    address.isEmpty()
                                            ? "it has no dead-letter address"
                                            : "no queue is at its dead-letter address");
        } catch (Exception e) { // the client throws different ones where the user may not ask
            return ("Cannot tell what the broker does with a message of %s after its last delivery: the user may not ask it."
                            + " Each crash of CXT uses up one; see that there is a dead-letter address")
                    .formatted(name);
        }
    }

    private JsonNode addressSettings(ClientSession session) throws Exception {
        ClientRequestor broker = new ClientRequestor(session, MANAGEMENT);
        try {
            ClientMessage question = session.createMessage(false);
            ManagementHelper.putOperationInvocation(question, "broker", "getAddressSettingsAsJSON", name);
            ClientMessage answer = broker.request(question, ANSWER_MS);
            if (answer == null || !ManagementHelper.hasOperationSucceeded(answer)) {
                throw new IllegalStateException("no answer");
            }
            return new ObjectMapper().readTree((String) ManagementHelper.getResult(answer));
        } finally {
            broker.close();
        }
    }
}
