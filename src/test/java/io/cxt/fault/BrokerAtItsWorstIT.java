package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.BrokerProcess;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Queue;
import io.cxt.fixture.RunningCxt;
import io.cxt.pickup.jms.JmsProbe;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.Broker;
import io.cxt.simulator.BrokerSettings;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that drops what comes back too often, that is away, frozen or set up otherwise, and messages of any size. */
@Tag("slow")
class BrokerAtItsWorstIT {
    @TempDir
    Path data;

    @TempDir
    Path journal;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    /** Nowhere to put what was delivered three times: it is dropped. */
    private static Consumer<Configuration> dropping() {
        return configuration -> configuration.addAddressSetting(
                "#", new AddressSettings().setAutoCreateQueues(false).setMaxDeliveryAttempts(3));
    }

    private RunningCxt start(String url, String... more) throws Exception {
        return RunningCxt.start(data, cxone, settings(url, more));
    }

    private static String[] settings(String url, String... more) {
        String[] all = new String[more.length + 4];
        System.arraycopy(new String[] {"pickup.jms.enabled", "true", "pickup.jms.broker-url", url}, 0, all, 0, 4);
        System.arraycopy(more, 0, all, 4, more.length);
        return all;
    }

    private static String trouble(RunningCxt cxt) {
        return cxt.engine().components().pickups().unreachable(Duration.ZERO).orElse("");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429})
    @Tag("fault-96")
    void clean_stops_use_up_no_delivery_while_a_person_or_cxone_is_waited_for(int status) throws Exception {
        Fault fault = status == 429 ? Fault.tooManyRequests("60") : Fault.status(status);
        try (Broker broker = BrokerSettings.in(journal).with(dropping()).start();
                Queue queue = Queue.open(broker.url(), Broker.QUEUE)) {
            queue.send(IntStream.range(0, 8).mapToObj(i -> chat("chat-" + i)).toArray(String[]::new));
            cxone.next(Collections.nCopies(200, fault).toArray(Fault[]::new));
            for (int run = 1; run <= 4; run++) {
                try (RunningCxt cxt =
                        status == 403 ? RunningCxt.once(data, cxone, settings(broker.url())) : start(broker.url())) {
                    cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 8);
                    if (status == 403) {
                        cxt.awaits(() ->
                                cxt.engine().components().lane().stopReason().isPresent());
                    }
                }
                assertThat(queue.count()).as("after run " + run).isEqualTo(8);
            }
            cxone.close();
            cxone = StandIn.start(StandInSettings.defaults());

            try (RunningCxt cxt = start(broker.url(), "cxone.retry.max-wait-ms", "100")) {
                cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0);
                assertThat(cxt.rows("SELECT DISTINCT state, doubted FROM delivery"))
                        .containsExactly("SENT 0");
            }
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(8);
            assertThat(cxone.counts().repeats()).isZero();
        }
    }

    /** The ledger of the first is lost: only the broker can say that the message came before. */
    @Test
    @Tag("fault-96")
    void a_stop_in_the_middle_uses_up_one_delivery_so_that_another_ledger_marks_what_was_sent() throws Exception {
        try (Broker broker = BrokerSettings.in(journal).with(dropping()).start();
                Queue queue = Queue.open(broker.url(), Broker.QUEUE)) {
            queue.send(lines("chat", 3));
            cxone.next(Fault.none());
            cxone.next(Collections.nCopies(50, Fault.status(403)).toArray(Fault[]::new));
            for (int run = 1; run <= 4; run++) {
                try (RunningCxt cxt =
                        RunningCxt.once(data, cxone, settings(broker.url(), "cxone.max-in-flight", "1"))) {
                    cxt.awaits(
                            () -> cxt.engine().components().lane().stopReason().isPresent());
                }
                assertThat(queue.count()).as("after run " + run).isEqualTo(1);
            }
            cxone.close();
            cxone = StandIn.start(StandInSettings.defaults());

            try (RunningCxt cxt = RunningCxt.start(data.resolve("new"), cxone, settings(broker.url()))) {
                cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0);
                assertThat(cxt.rows("SELECT DISTINCT state, doubted FROM delivery"))
                        .containsExactly("SENT 1");
            }
        }
    }

    /** Beside a small heap: 40 million characters in 80 KB, and six messages of 10 MB. */
    @Test
    @Tag("fault-97")
    @Tag("fault-113")
    void messages_take_no_more_memory_than_there_is_for_them_packed_or_not() throws Exception {
        try (Broker broker = Broker.start(journal);
                Queue queue = Queue.open(broker.url(), Broker.QUEUE);
                Queue packing = Queue.open(broker.url() + "?compressLargeMessages=true", Broker.QUEUE)) {
            packing.send("x".repeat(40_000_000));
            for (int i = 0; i < 3; i++) {
                queue.send("\n".repeat(10_000_000) + chat("text-" + i));
                queue.sendBytes(("\n".repeat(10_000_000) + chat("bytes-" + i)).getBytes(StandardCharsets.US_ASCII));
            }

            Ended run = Command.run(data, environment(broker.url(), "-Xmx128m"), "run", "--once");

            assertThat(run.exit()).as(run.err()).isEqualTo(1);
            assertThat(run.out()).startsWith("6 read, 6 sent");
            assertThat(run.err()).contains("1 messages cannot be read; they are in dead-letters/");
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(6);
            assertThat(broker.messages(Broker.QUEUE) + broker.messages(Broker.DEAD_LETTERS))
                    .isZero();
        }
    }

    private Map<String, String> environment(String url, String java) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATA_DIR", data.resolve("data").toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", RunningCxt.SECRET);
        environment.put("PICKUP_JMS_ENABLED", "true");
        environment.put("PICKUP_JMS_BROKER_URL", url);
        environment.put("JAVA_TOOL_OPTIONS", java);
        return environment;
    }

    @Test
    @Tag("fault-98")
    void a_broker_that_is_away_or_frozen_shuts_the_door_whatever_the_url_says() throws Exception {
        String waiting =
                "reconnectAttempts=-1&retryInterval=600000&initialConnectAttempts=-1&callTimeout=-1&connectionTTL=-1";
        try (BrokerProcess broker = BrokerProcess.start(journal);
                LogRecorder log = LogRecorder.install()) {
            String url = "(tcp://127.0.0.1:1,%s)?%s".formatted(broker.url(), waiting);
            long begun;
            try (RunningCxt cxt = start(url)) {
                send(broker.url(), "first");
                cxt.awaits(() -> cxone.counts().accepted() == 1);
                broker.kill();
                cxt.awaits(() -> trouble(cxt).contains("does not answer"));
                broker.restart();
                send(broker.url(), "second");
                cxt.awaits(() -> cxone.counts().accepted() == 2);
                cxt.awaits(() -> trouble(cxt).isEmpty());

                broker.freeze();
                cxt.awaits(() -> trouble(cxt).contains("does not answer"));
                begun = System.nanoTime();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("option overridden"))
                    .singleElement()
                    .asString()
                    .contains("reconnectAttempts=-1 becomes 0", "connectionTTL=-1 becomes 60000");
            broker.goOn();
        }
    }

    @Test
    @Tag("fault-98")
    void a_stop_while_the_broker_is_frozen_ends_in_time() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(journal)) {
            try (Command run = Command.start(data, environment(broker.url() + "?callTimeout=-1", "-Xmx200m"), "run")) {
                Await.until(() -> run.err().contains("running routes="), Duration.ofSeconds(60));
                send(broker.url(), "one");
                Await.until(() -> cxone.counts().accepted() == 1, Duration.ofSeconds(60));
                broker.freeze();
                run.process().destroy();

                Ended ended = run.ended(Duration.ofSeconds(120));
                assertThat(ended.exit()).as(ended.err()).isEqualTo(130);
                assertThat(ended.err()).contains("stopped cleanly").doesNotContain("Exception");
            }
            broker.goOn();
        }
    }

    private static void send(String url, String id) {
        try (Queue queue = Queue.open(url, Broker.QUEUE)) {
            queue.send(chat(id));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            nobody trusts it   | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%other&trustStorePassword=changeit | This machine does not trust the authority of its certificate. Check pickup.jms.broker-url; name a store
            no store there     | sslEnabled=true&trustStorePath=%nowhere                                     | which is not there or cannot be read
            wrong password     | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%own&trustStorePassword=no | trustStorePassword in pickup.jms.broker-url does not open
            other type         | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%text                  | which is no store of the type PKCS12
            in clear           | useEpoll=false                                                              | it speaks TLS. Add ?sslEnabled=true
            not in clear       | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%own&trustStorePassword=changeit | it takes the connection and does not answer to TLS
            asks for ours      | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%own&trustStorePassword=changeit | it asks for a certificate of ours. Name a store that holds one in keyStorePath
            another host       | sslEnabled=true&trustStoreType=PKCS12&trustStorePath=%own&trustStorePassword=changeit | Its certificate is for another host name
            """)
    @Tag("fault-99")
    void faults_of_tls_are_told_apart(String fault, String options, String words) throws Exception {
        Keystore own = fault.equals("another host")
                ? Keystore.ofAnotherHost(data.resolve("own.p12"))
                : Keystore.make(data.resolve("own.p12"));
        Keystore.make(data.resolve("other.p12"));
        Files.writeString(data.resolve("text"), "no store");
        BrokerSettings secured = BrokerSettings.in(journal)
                .withTls(own.file(), own.password())
                .with(configuration -> {
                    Map<String, Object> acceptor = configuration
                            .getAcceptorConfigurations()
                            .iterator()
                            .next()
                            .getParams();
                    if (fault.equals("asks for ours")) {
                        acceptor.put(TransportConstants.NEED_CLIENT_AUTH_PROP_NAME, true);
                        acceptor.put(TransportConstants.TRUSTSTORE_TYPE_PROP_NAME, "PKCS12");
                        acceptor.put(
                                TransportConstants.TRUSTSTORE_PATH_PROP_NAME,
                                own.file().toString());
                        acceptor.put(TransportConstants.TRUSTSTORE_PASSWORD_PROP_NAME, own.password());
                    }
                });
        String filled = options.replace("%own", own.file().toString())
                .replace("%other", data.resolve("other.p12").toString())
                .replace("%nowhere", data.resolve("nowhere").toString())
                .replace("%text", data.resolve("text").toString());
        try (Broker broker = (fault.equals("not in clear") ? BrokerSettings.in(journal) : secured).start();
                JmsProbe look = new JmsProbe(jms(broker.url() + "?" + filled, Broker.QUEUE, false))) {
            assertThat(look.fault()).contains(words).doesNotContain("changeit");
        }
    }

    private static JmsSettings jms(String url, String queue, boolean allowClear) {
        return new JmsSettings(url, null, null, queue, Broker.DEAD_LETTERS, 4096, allowClear, false);
    }

    @Test
    @Tag("fault-95")
    @Tag("fault-99")
    @Tag("fault-101")
    void what_is_worth_to_know_of_a_queue_is_said_at_the_start_and_by_check() throws Exception {
        BrokerSettings making = BrokerSettings.in(journal)
                .with(dropping().andThen(configuration -> configuration
                        .getAddressSettings()
                        .get("#")
                        .setAutoCreateQueues(true)
                        .setAutoCreateAddresses(true)))
                .with(configuration -> configuration.addAddressConfiguration(
                        new CoreAddressConfiguration().setName("news").addRoutingType(RoutingType.MULTICAST)));
        try (Broker broker = making.start();
                JmsProbe topic = new JmsProbe(jms(broker.url(), "news", false));
                JmsProbe look = new JmsProbe(jms(broker.url(), "nowhere.yet", false));
                LogRecorder log = LogRecorder.install()) {
            assertThat(topic.fault())
                    .contains("has no queue news. Make it there (as a queue, anycast, and not as a topic)");
            assertThat(topic.remarks()).noneMatch(remark -> remark.contains("makes it for CXT"));
            assertThat(look.fault()).isNull();
            assertThat(look.remarks())
                    .anyMatch(remark -> remark.contains("The queue nowhere.yet was not there"))
                    .anyMatch(remark -> remark.contains("delivered 3 times, as by so many crashes of CXT, is dropped"))
                    .hasSize(2);

            try (RunningCxt cxt = start(broker.url(), "pickup.jms.queue", "nowhere.yet", "cxone.max-in-flight", "3")) {
                cxt.awaits(() -> look.remarks().stream()
                        .anyMatch(remark -> remark.startsWith("3 other consumers take from the queue nowhere.yet")));
                assertThat(log.lines()).anyMatch(line -> line.startsWith("queue queue=nowhere.yet remark=\"The queue"));
            }
        }
        try (Broker guarded = BrokerSettings.in(data.resolve("guarded"))
                        .withUser("cxt", "s3cret")
                        .start();
                JmsProbe look = new JmsProbe(new JmsSettings(
                        guarded.url(), "cxt", "s3cret", Broker.QUEUE, Broker.DEAD_LETTERS, 4096, false, false))) {
            assertThat(look.remarks()).singleElement().asString().startsWith("Cannot tell what the broker does");
        }
    }

    @Test
    @Tag("fault-99")
    void run_once_goes_on_while_messages_come() throws Exception {
        int messages = 15;
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
        try (Broker broker = Broker.start(journal);
                Queue queue = Queue.open(broker.url(), Broker.QUEUE);
                RunningCxt cxt = RunningCxt.once(data, cxone, settings(broker.url()))) {
            AtomicInteger sent = new AtomicInteger();
            CountDownLatch drained = new CountDownLatch(1);
            clock.scheduleAtFixedRate(
                    () -> {
                        int next = sent.getAndIncrement();
                        if (next < messages) {
                            queue.send(chat("chat-" + next));
                        }
                    },
                    0,
                    400,
                    TimeUnit.MILLISECONDS);
            clock.scheduleWithFixedDelay(
                    () -> {
                        if (cxt.engine().components().atRest()) {
                            drained.countDown();
                        }
                    },
                    100,
                    100,
                    TimeUnit.MILLISECONDS);

            cxt.awaits(() -> drained.getCount() == 0);

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(messages);
        } finally {
            clock.shutdownNow();
            clock.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://broker.example.com:61616",
                "tcp://broker.example.com:61616?sslEnabled=false",
                "tcp://broker.example.com:61616?sslEnabled=true&trustAll=true",
                "tcp://broker.example.com:61616?sslEnabled=true&verifyHost=false",
                "(tcp://127.0.0.1:61616,tcp://10.0.0.1:61616)?ha=true",
                "tcp://localhost.example.com:61616",
                "udp://231.7.7.7:9876"
            })
    @Tag("fault-110")
    void a_broker_elsewhere_is_refused_in_clear_unless_a_property_allows_it_by_name(String url) throws Exception {
        assertThatThrownBy(() -> start(url))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("pickup.jms.broker-url is ")
                .hasMessageContaining("set pickup.jms.allow-clear = true");
        new JmsProbe(jms(url, Broker.QUEUE, true)).close();
        new JmsProbe(jms("tcp://broker.example.com:61616?sslEnabled=true", Broker.QUEUE, false)).close();
    }
}
