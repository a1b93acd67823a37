package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.Ports;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Queue;
import io.cxt.fixture.SftpSite;
import io.cxt.fixture.SshKey;
import io.cxt.simulator.Broker;
import io.cxt.simulator.BrokerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site unpacks, {@code target/cxt}: each way in, and each optional part, works with the jars of its {@code lib/} alone. */
@Tag("slow")
class DistributionIT {
    private static final Path DISTRIBUTION = Path.of("target/cxt");

    @TempDir
    Path scratch;

    @BeforeAll
    static void packaged() {
        assertThat(DISTRIBUTION.resolve("lib"))
                .as("Package it first: mvn package -DskipTests -Dinvoker.skip")
                .isDirectory();
    }

    private Ended cxt(CommandSite site, String... arguments) throws Exception {
        return Command.runInstalled(DISTRIBUTION, scratch, site.environment(), arguments);
    }

    private CommandSite site() throws IOException {
        return withoutCache(CommandSite.of(scratch.resolve("data")));
    }

    private static CommandSite withoutCache(CommandSite site) {
        site.environment().put("CXT_CACHE", "off");
        site.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1"); // the second compiler is no gain in seconds
        return site;
    }

    private static void queue(CommandSite site, String url) {
        site.environment().put("PICKUP_JMS_ENABLED", "true");
        site.environment().put("PICKUP_JMS_BROKER_URL", url);
    }

    private static void sftp(CommandSite site, SftpSite server, Path folder) throws IOException {
        site.environment()
                .putAll(Map.of(
                        "PICKUP_SFTP_ENABLED",
                        "true",
                        "PICKUP_SFTP_HOST",
                        "127.0.0.1",
                        "PICKUP_SFTP_PORT",
                        Integer.toString(server.port()),
                        "PICKUP_SFTP_USERNAME",
                        SftpSite.USER,
                        "PICKUP_SFTP_KNOWN_HOSTS_FILE",
                        server.hostKey()
                                .writeKnownHost(folder.resolve("known_hosts"), server.port())
                                .toString(),
                        "PICKUP_SFTP_POLL_MS",
                        "100",
                        "PICKUP_SFTP_SETTLE_MS",
                        "100"));
    }

    private static void secret(CommandSite site, String property, Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        site.environment().put(property, file.toString());
    }

    private void sendsOneOfEach(CommandSite site, SftpSite server, String url, String user, String password)
            throws Exception {
        Files.writeString(scratch.resolve("data/inbox/chat.json"), chat("from-inbox"));
        Files.writeString(server.folder().resolve("chat.json"), chat("from-site"));
        try (Queue queue = Queue.open(url, user, password, Broker.QUEUE)) {
            queue.send(chat("from-queue"));
        }

        Ended checked = cxt(site, "check", "--connect");
        Ended run = cxt(site, "run", "--once");

        assertThat(checked.exit()).as(checked.out() + checked.err()).isZero();
        assertThat(checked.out()).contains("ok  SFTP folder .", "ok  queue " + Broker.QUEUE);
        assertThat(run.out()).as(run.err()).startsWith("3 read, 3 sent");
        assertThat(run.exit()).isZero();
    }

    @Test
    void takes_chats_from_a_folder_an_sftp_server_and_a_queue() throws Exception {
        try (CommandSite site = site();
                SftpSite server = SftpSite.start(scratch.resolve("server"));
                Broker broker = BrokerSettings.in(scratch.resolve("broker"))
                        .withUser("cxt", "s3cret")
                        .start()) {
            sftp(site, server, scratch);
            secret(site, "PICKUP_SFTP_PASSWORD_FILE", scratch.resolve("password"), SftpSite.PASSWORD);
            queue(site, broker.url());
            site.environment().put("PICKUP_JMS_USERNAME", "cxt");
            secret(site, "PICKUP_JMS_PASSWORD_FILE", scratch.resolve("secret"), "s3cret");
            site.environment().put("OPS_ENABLED", "true");
            site.environment().put("OPS_PORT", Integer.toString(Ports.free()));
            site.environment().put("CONSOLE_ENABLED", "true");
            site.environment().put("CONSOLE_PORT", Integer.toString(Ports.free()));

            sendsOneOfEach(site, server, broker.url(), "cxt", "s3cret");
        }
    }

    @Test
    void works_on_postgresql_with_keys_and_the_second_of_two_brokers_over_tls() throws Exception {
        Keystore own = Keystore.make(scratch.resolve("own.p12"));
        SshKey key = SshKey.make();
        try (Postgres database = Postgres.start(scratch.resolve("postgres"));
                CommandSite site = withoutCache(CommandSite.of(
                        scratch.resolve("data"),
                        new LedgerSettings(
                                database.url(), database.user(), database.password(), scratch.resolve("data"))));
                SftpSite server = SftpSite.start(scratch.resolve("server"));
                Broker broker = BrokerSettings.in(scratch.resolve("broker"))
                        .withTls(own.file(), own.password())
                        .start()) {
            server.welcome(key);
            sftp(site, server, scratch);
            site.environment()
                    .put(
                            "PICKUP_SFTP_PRIVATE_KEY_FILE",
                            key.writePrivate(scratch.resolve("id"), null).toString());
            String tls = "?sslEnabled=true&trustStoreType=PKCS12&trustStorePassword=%s&trustStorePath=%s"
                    .formatted(own.password(), own.file());
            queue(site, "(tcp://127.0.0.1:1%2$s,%1$s%2$s)?ha=false".formatted(broker.url(), tls));

            sendsOneOfEach(site, server, broker.url() + tls, null, null);
        }
    }

    @Test
    void hands_transcripts_to_a_queue_for_other_instances() throws Exception {
        try (CommandSite site = site();
                Broker broker = Broker.start(scratch.resolve("broker"))) {
            site.environment().put("PICKUP_HAND_TO", "enqueue-transcript");
            site.environment().put("PICKUP_JMS_BROKER_URL", broker.url());
            Files.writeString(scratch.resolve("data/inbox/chat.json"), chat("one"));

            Ended run = cxt(site, "run", "--once");

            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).contains("1 queued");
        }
    }

    @Test
    void brings_a_broker_for_its_demo() throws Exception {
        try (CommandSite site = site()) {
            Ended demo = cxt(
                    site, "demo", "--jms", "--folder", scratch.resolve("demo").toString());

            assertThat(demo.exit()).as(demo.err()).isZero();
            assertThat(demo.out()).contains("in the queue " + Broker.QUEUE);
        }
    }
}
