package io.cxt.pickup.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.ForeignServer;
import io.cxt.simulator.Broker;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortProbeIT {

    @ParameterizedTest
    @CsvSource({
        "openwire, 'OpenWire, as ActiveMQ Classic does'",
        "rabbit, 'AMQP 0-9-1, as RabbitMQ does'",
        "amqp, AMQP 1.0",
        "http, HTTP",
        "stomp, STOMP",
        "mqtt, MQTT",
        "noise, a protocol that CXT does not know",
        "mute, a protocol that it does not tell: it hangs up without a word",
        "frozen,"
    })
    @Tag("fault-116")
    void the_first_bytes_tell_what_is_spoken_there(String protocol, String name) throws Exception {
        try (ForeignServer server = ForeignServer.start(protocol)) {
            assertThat(PortProbe.protocol(() -> new Socket("127.0.0.1", server.port())))
                    .isEqualTo(name);
        }
    }

    @Test
    @Tag("fault-116")
    void an_artemis_is_known_for_what_it_is(@TempDir Path folder) throws Exception {
        try (Broker broker = Broker.start(folder)) {
            byte[] answer = PortProbe.answer(() -> new Socket("127.0.0.1", broker.port()));

            assertThat(answer).startsWith(0, 0, 0, 17, 10);
            assertThat(PortProbe.name(answer)).isNull();
        }
    }
}
