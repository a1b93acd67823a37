package io.cxt.pickup.jms;

import io.cxt.intake.ByteBudget;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.MessageListenerContainerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.listener.AbstractMessageListenerContainer;

/**
 * Takes messages off the queue. Each is acknowledged on its own once its exchange succeeded. All others are handed back. No
 * more are requested while those in memory fill their share.
 */
record JmsReceiver(String queue, ByteBudget budget) implements MessageListenerContainerFactory {
    @Override
    public AbstractMessageListenerContainer createMessageListenerContainer(JmsEndpoint endpoint) {
        return new Container(endpoint);
    }

    private final class Container extends DefaultJmsMessageListenerContainer {
        Container(JmsEndpoint endpoint) {
            super(endpoint);
        }

        @Override
        protected Session createSession(Connection connection) throws JMSException {
            return connection.createSession(false, ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE);
        }

        @Override
        protected MessageConsumer createConsumer(Session session, Destination destination) {
            return new Consumer(((ActiveMQSession) session).getCoreSession());
        }

        @Override
        protected void commitIfNecessary(Session session, @Nullable Message message) throws JMSException {
            if (message != null) {
                message.acknowledge();
            }
        }

        @Override
        protected void rollbackIfNecessary(Session session) {
            // its consumer hands it back
        }

        @Override
        protected void rollbackOnExceptionIfNecessary(Session session, Throwable fault) {
            // the same
        }
    }

    /** Requests one message at a time; before that it hands the last one back if that was not acknowledged. */
    private final class Consumer implements MessageConsumer {
        private final ClientSession session;
        private @Nullable ClientConsumer asking;
        private @Nullable JmsDelivery last;

        Consumer(ClientSession session) {
            this.session = session;
        }

        @Override
        public @Nullable Message receive(long millis) throws JMSException {
            try {
                handBack();
                if (!budget.awaitRoom(millis)) {
                    return null;
                }
                ClientConsumer consumer = asking == null ? session.createConsumer(queue) : asking;
                asking = consumer;
                ClientMessage message = consumer.receive(millis);
                last = message == null ? null : new JmsDelivery(message, session);
                return last;
            } catch (ActiveMQException e) {
                throw JMSExceptionHelper.convertFromActiveMQException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        private void handBack() throws ActiveMQException {
            JmsDelivery before = last;
            last = null;
            if (before != null && asking != null && before.handBack(asking)) {
                asking = null;
            }
        }

        @Override
        public void close() throws JMSException {
            try {
                handBack();
                if (asking != null) {
                    asking.close();
                }
            } catch (ActiveMQException e) {
                throw JMSExceptionHelper.convertFromActiveMQException(e);
            }
        }

        @Override
        public @Nullable Message receive() throws JMSException {
            return receive(0);
        }

        @Override
        public @Nullable Message receiveNoWait() throws JMSException {
            return receive(1);
        }

        @Override
        public @Nullable String getMessageSelector() {
            return null;
        }

        @Override
        public @Nullable MessageListener getMessageListener() {
            return null;
        }

        @Override
        public void setMessageListener(MessageListener listener) {
            throw new UnsupportedOperationException("messages are requested");
        }
    }
}
