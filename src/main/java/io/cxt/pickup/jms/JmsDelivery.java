package io.cxt.pickup.jms;

import io.cxt.text.SafeName;
import jakarta.jms.JMSException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;

/** A message as the broker delivers it, with its headers and without its body. The broker keeps it until it is acknowledged. */
final class JmsDelivery extends ActiveMQMessage {
    private final ClientSession session;
    private volatile boolean acknowledged;
    private volatile boolean perhapsSent;

    JmsDelivery(ClientMessage message, ClientSession session) {
        super(message, session);
        this.session = session;
    }

    /** How often it was delivered, this time included; 1 or more. */
    int deliveries() {
        return Math.max(1, message.getDeliveryCount());
    }

    /** Notes that CXone may have a part of it. */
    void perhapsSent() {
        perhapsSent = true;
    }

    /** True when its body can still be fetched. */
    boolean connected() {
        return !session.isClosed();
    }

    @Override
    public void acknowledge() throws JMSException {
        try {
            message.individualAcknowledge();
            session.commit();
            acknowledged = true;
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }

    /**
     * Hands it back unless it is acknowledged, by closing its consumer: that uses up no delivery. The first time that a
     * part of it may have been sent, one is used up, so that another ledger sees that it was delivered before.
     *
     * @return true when the consumer was closed
     */
    boolean handBack(ClientConsumer consumer) throws ActiveMQException {
        if (acknowledged) {
            return false;
        }
        if (perhapsSent && deliveries() == 1) {
            message.individualAcknowledge();
            session.rollback();
        }
        consumer.close();
        return true;
    }

    /** Leaves its headers out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "JmsDelivery[" + SafeName.log(String.valueOf(getJMSMessageID())) + "]";
    }
}
