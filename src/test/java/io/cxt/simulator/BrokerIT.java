package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.Keystore;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerIT {

    private static final String TEXT = "{\"interactionId\":\"ext-1\"}";

    @TempDir
    Path folder;

    @Test
    void hands_on_what_was_sent() throws Exception {
        try (Broker broker = Broker.start(folder)) {
            send(broker.url());

            assertThat(receive(broker.url(), Broker.QUEUE)).isEqualTo(TEXT);
        }
    }

    @Test
    void has_its_messages_again_when_it_is_started_once_more() throws Exception {
        int port;
        try (Broker broker = Broker.start(folder)) {
            port = broker.port();
            send(broker.url());
        }

        try (Broker broker = BrokerSettings.in(folder).withPort(port).start()) {
            assertThat(broker.messages(Broker.QUEUE)).isEqualTo(1);
        }
    }

    @Test
    void a_message_that_comes_back_too_often_goes_to_the_dead_letters() throws Exception {
        try (Broker broker =
                BrokerSettings.in(folder).withMaxDeliveryAttempts(3).start()) {
            send(broker.url());

            for (int attempt = 1; attempt <= 3; attempt++) {
                rollBack(broker.url());
            }

            Await.until(() -> broker.messages(Broker.DEAD_LETTERS) == 1, Duration.ofSeconds(60));
            assertThat(broker.messages(Broker.QUEUE)).isZero();
            assertThat(receive(broker.url(), Broker.DEAD_LETTERS)).isEqualTo(TEXT);
        }
    }

    @Test
    void makes_no_queue_by_itself() throws Exception {
        try (Broker broker = Broker.start(folder);
                ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url());
                JMSContext context = factory.createContext()) {
            assertThatThrownBy(() -> context.createProducer().send(context.createQueue("cxone.transcript"), TEXT))
                    .isInstanceOf(JMSRuntimeException.class);
        }
    }

    @Test
    void lets_in_its_user_and_nobody_else() throws Exception {
        try (Broker broker = BrokerSettings.in(folder).withUser("cxt", "s3cret").start();
                ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url())) {
            factory.createContext("cxt", "s3cret").close();

            assertThatThrownBy(() -> factory.createContext("cxt", "wrong").close())
                    .isInstanceOf(JMSSecurityRuntimeException.class);
            assertThatThrownBy(() -> factory.createContext().close()).isInstanceOf(JMSSecurityRuntimeException.class);
        }
    }

    @Test
    void speaks_tls_only_when_it_has_a_certificate() throws Exception {
        Keystore keystore = Keystore.make(folder.resolve("broker.p12"));
        try (Broker broker = BrokerSettings.in(folder.resolve("broker"))
                .withTls(keystore.file(), keystore.password())
                .start()) {
            String trusting = broker.url() + "?sslEnabled=true&trustStoreType=PKCS12&trustStorePath=" + keystore.file()
                    + "&trustStorePassword=" + keystore.password();
            send(trusting);

            assertThat(receive(trusting, Broker.QUEUE)).isEqualTo(TEXT);
            assertThatThrownBy(() -> send(broker.url() + "?callTimeout=2000")).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(() -> send(broker.url() + "?sslEnabled=true")).isInstanceOf(JMSRuntimeException.class);
        }
    }

    @Test
    void says_that_another_one_may_be_at_work() throws Exception {
        try (Broker broker = Broker.start(folder.resolve("one"))) {
            assertThatThrownBy(() -> BrokerSettings.in(folder.resolve("two"))
                            .withPort(broker.port())
                            .start())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Does another one run there?");
        }
    }

    private static void send(String url) {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
                JMSContext context = factory.createContext()) {
            context.createProducer().send(context.createQueue(Broker.QUEUE), TEXT);
        }
    }

    private static String receive(String url, String queue) {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
                JMSContext context = factory.createContext()) {
            return context.createConsumer(context.createQueue(queue)).receiveBody(String.class, 10_000);
        }
    }

    private static void rollBack(String url) throws JMSException {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
                JMSContext context = factory.createContext(JMSContext.SESSION_TRANSACTED)) {
            assertThat(context.createConsumer(context.createQueue(Broker.QUEUE)).receive(10_000))
                    .isNotNull();
            context.rollback();
        }
    }
}
