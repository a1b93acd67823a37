package io.cxt.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cxt.fixture.ForeignServer;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.RunningCxt;
import io.cxt.pickup.jms.JmsProbe;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import io.cxt.simulator.Broker;
import io.cxt.simulator.StandIn;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers at {@code pickup.jms.broker-url} and is no Artemis: it is told which protocol it speaks, or how to write the URL. */
@Timeout(120)
class ForeignBrokerIT {
    @TempDir
    Path scratch;

    private static JmsSettings jms(String url) {
        return new JmsSettings(url, null, null, Broker.QUEUE, Broker.DEAD_LETTERS, 4096, false, false);
    }

    @Test
    @Tag("fault-116")
    void check_says_it_and_behind_tls_too() throws Exception {
        Keystore own = Keystore.make(scratch.resolve("own.p12"));
        String tls = "?sslEnabled=true&trustStoreType=PKCS12&trustStorePassword=%s&trustStorePath=%s"
                .formatted(own.password(), own.file());
        ServerSocket door =
                own.tls().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        try (ForeignServer server = ForeignServer.start(door, "rabbit");
                JmsProbe look = new JmsProbe(jms("tcp://127.0.0.1:" + server.port() + tls))) {
            assertThat(look.fault())
                    .contains(
                            "The broker tcp://127.0.0.1:" + server.port(),
                            "something answers there, and speaks AMQP 0-9-1, as RabbitMQ does",
                            "CXT speaks Artemis CORE only",
                            "pickup.jms.broker-url",
                            "docs/recipes.md");
        }
    }

    @Test
    @Tag("fault-116")
    void a_run_says_it() throws Exception {
        try (StandIn cxone = StandIn.start(io.cxt.simulator.StandInSettings.defaults());
                ForeignServer server = ForeignServer.start("openwire");
                RunningCxt cxt = RunningCxt.start(
                        scratch,
                        cxone,
                        "pickup.jms.enabled",
                        "true",
                        "pickup.jms.broker-url",
                        "tcp://127.0.0.1:" + server.port())) {
            cxt.awaits(() -> cxt.engine()
                    .components()
                    .pickups()
                    .unreachable(Duration.ZERO)
                    .filter(why -> why.contains("speaks OpenWire, as ActiveMQ Classic does"))
                    .isPresent());
        }
    }

    @Test
    @Tag("fault-116")
    void an_artemis_that_does_not_let_us_in_is_not_taken_for_another() throws Exception {
        try (Broker broker = Broker.start(scratch);
                JmsProbe look = new JmsProbe(new JmsSettings(
                        broker.url(), null, null, "nowhere", Broker.DEAD_LETTERS, 4096, false, false))) {
            assertThat(look.fault()).contains("has no queue nowhere");
            assertThat(look.remarks()).noneMatch(remark -> remark.contains("makes it for CXT"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            amqp://broker:5672                              | CXT speaks Artemis CORE, and not AMQP. Write tcp://host:61616
            amqps://broker:5671                             | CXT speaks Artemis CORE, and not AMQP
            failover:(tcp://one:61616,tcp://two:61616)?a=b  | Write (tcp://one:61616,tcp://two:61616); CXT reconnects by itself
            failover:tcp://one:61616                        | Write tcp://one:61616; CXT reconnects by itself
            failover://(ssl://one:61617)                    | Write tcp://one:61617; CXT reconnects by itself
            ssl://broker:61617                              | Write tcp://broker:61617?sslEnabled=true&trustStorePath=…
            nio://broker:61616                              | Write tcp://broker:61616
            auto+nio://broker:61616                         | it must look like tcp://host:port
            vm://broker                                     | Write tcp://host:61616
            http://broker:8161                              | it must look like tcp://host:port
            TCP://broker:61616                              | it must look like tcp://host:port
            broker:61616                                    | it has no scheme. Write tcp://broker:61616
            broker                                          | it has no scheme. Write tcp://broker
            tcp://broker: 61616                             | it holds a blank
            tcp://one:61616,tcp://two:61616                 | it names several brokers. Write (tcp://one:61616,tcp://two:61616)
            tcp://me:s3cret@broker:61616                    | it holds a name or a password
            """)
    @Tag("fault-116")
    void an_address_that_is_no_artemis_s_is_refused_with_what_to_write(String url, String words) {
        Settings settings = settings(url);
        JmsSettings.from(settings);

        assertThat(catchThrowableOfType(InvalidSettingsException.class, settings::check))
                .hasMessageContaining("pickup.jms.broker-url is ")
                .hasMessageContaining(words)
                .message()
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://broker:61616",
                "tcp://broker:61616?sslEnabled=true&trustStorePath=/a,b.p12",
                "tcp://[::1]:61616",
                "(tcp://one:61616,tcp://two:61616)?ha=true",
                "udp://231.7.7.7:9876"
            })
    void an_address_of_an_artemis_is_taken(String url) {
        Settings settings = settings(url);
        JmsSettings.from(settings);

        settings.check();
    }

    private static Settings settings(String url) {
        return new Settings(Map.of("pickup.jms.enabled", "true", "pickup.jms.broker-url", url)::get);
    }
}
