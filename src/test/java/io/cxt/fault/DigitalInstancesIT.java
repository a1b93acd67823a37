package io.cxt.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.DeliveryState;
import io.cxt.settings.Settings;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.AcceptedMessage;
import io.cxt.simulator.digital.DigitalCounts;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances on one inbox and one PostgreSQL, held to what tenant and contacts allow them together. */
@Timeout(180)
@Tag("slow")
class DigitalInstancesIT {
    private static final int MESSAGES = 20;
    private static final int SHORT = 30;
    private static final Duration LIMIT = Duration.ofSeconds(150);

    @TempDir
    Path scratch;

    /** Each of them alone may make 30 calls a second: together they would make more than CXone allows. */
    @Test
    @Tag("fault-16")
    void keep_to_both_limits_together_and_after_one_is_killed_while_a_contact_is_waited_for() throws Exception {
        Path inbox = Files.createDirectories(scratch.resolve("b/inbox"));
        try (DigitalStandIn cxone = DigitalStandIn.start(
                StandInSettings.defaults().withRate(40, 15),
                DigitalSwitches.defaults().with(Map.of("contactBurst", 6, "contactPerMinute", 90)))) {
            String[] settings = settings(
                    cxone,
                    "cxone.requests-per-second",
                    "30",
                    "cxone.digital.contact-burst",
                    "6",
                    "cxone.digital.contact-per-minute",
                    "90",
                    "pickup.file.folder",
                    inbox.toString());
            Files.writeString(inbox.resolve("long.json"), Chats.numbered("long", MESSAGES));
            try (Command killed = Command.start(scratch, environment(settings), "run");
                    RunningCxt other = start(cxone, killed, settings)) {
                for (int file = 0; file < 4; file++) {
                    other.put("short-%d.ndjson".formatted(file), chats(file));
                }
                Await.until(() -> cxone.counts().posts() - threads(cxone, "long") >= SHORT, LIMIT);

                killed.process().destroyForcibly();

                Await.until(() -> other.files("inbox").stream().allMatch(file -> file.startsWith(".done/")), LIMIT);
                assertThat(cxone.counts())
                        .returns(0L, DigitalCounts::earlyTenant)
                        .returns(0L, DigitalCounts::earlyContact)
                        .returns(0L, DigitalCounts::splitContacts)
                        .returns((long) MESSAGES + 4 * SHORT, DigitalCounts::distinct);
                assertThat(cxone.accepted().stream()
                                .filter(message -> message.thread().equals("long"))
                                .map(AcceptedMessage::messageId))
                        .containsExactlyElementsOf(IntStream.range(0, MESSAGES)
                                .mapToObj(i -> "long:m" + i)
                                .toList());
                assertThat(cxone.accepted()).allMatch(message -> message.count() == 1);
                assertThat(other.ledger().status().countsByState())
                        .containsEntry(DeliveryState.SENT, MESSAGES + 1L + 4 * SHORT / 3 * 4);
                assertThat(other.ledger()
                                .audit()
                                .verify(Set.of(Files.readString(scratch.resolve("a/instance-id"))
                                        .strip()))
                                .faults())
                        .isEmpty();
            }
        }
    }

    @Test
    @Tag("fault-16")
    void the_same_chat_in_two_sources_keeps_its_order_and_the_limit_of_its_contact() throws Exception {
        try (DigitalStandIn cxone = DigitalStandIn.start(
                StandInSettings.defaults(),
                DigitalSwitches.defaults().with(Map.of("contactBurst", 6, "contactPerMinute", 60)))) {
            String[] settings =
                    settings(cxone, "cxone.digital.contact-burst", "6", "cxone.digital.contact-per-minute", "60");
            try (RunningCxt one = RunningCxt.start(scratch.resolve("a"), cxone, settings);
                    RunningCxt other = RunningCxt.start(scratch.resolve("b"), cxone, settings)) {
                one.put("long.json", Chats.numbered("long", 10).getBytes());
                one.awaits(() -> one.engine().components().waitingForContact() > 0);
                other.put("long.json", Chats.numbered("long", 10).getBytes());
                one.put("again.json", Chats.numbered("long", 10).getBytes());

                one.awaits(() -> one.files("inbox").equals(List.of(".done/again.json", ".done/long.json")));
                other.awaits(() -> other.files("inbox").equals(List.of(".done/long.json")));
            }
            assertThat(cxone.counts())
                    .returns(0L, DigitalCounts::earlyContact)
                    .returns(0L, DigitalCounts::splitContacts);
            assertThat(cxone.accepted().stream().map(AcceptedMessage::messageId))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 10).mapToObj(i -> "long:m" + i).toList());
            assertThat(cxone.accepted()).allMatch(message -> message.count() == 1);
        }
    }

    private String[] settings(DigitalStandIn cxone, String... more) throws Exception {
        Postgres server = Postgres.shared();
        Path password = Files.writeString(scratch.resolve("password"), server.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        String[] shared = {
            "pickup.file.settle-ms",
            "0",
            "ledger.url",
            server.schema("digital_" + Integer.toHexString(scratch.toString().hashCode())),
            "ledger.username",
            server.user(),
            "ledger.password-file",
            password.toString(),
            "ledger.lease-seconds",
            "3",
            "ops.enabled",
            "false"
        };
        return DigitalSite.settings(
                cxone, Stream.concat(Stream.of(shared), Stream.of(more)).toArray(String[]::new));
    }

    /** A second instance, once the first one waits for the contact of the long chat. */
    private RunningCxt start(DigitalStandIn cxone, Command first, String... settings) throws Exception {
        Await.until(() -> threads(cxone, "long") >= 5 || !first.process().isAlive(), LIMIT);
        assertThat(first.process().isAlive()).as(first.err()).isTrue();
        return RunningCxt.start(scratch.resolve("b"), cxone, settings);
    }

    private static long threads(DigitalStandIn cxone, String thread) {
        return cxone.accepted().stream()
                .filter(message -> message.thread().equals(thread))
                .count();
    }

    /** A file of chats of three messages. */
    private static byte[] chats(int file) {
        return IntStream.range(0, SHORT / 3)
                .mapToObj(i -> Chats.numbered("chat-%d-%d".formatted(file, i), 3))
                .collect(Collectors.joining("\n"))
                .getBytes();
    }

    private Map<String, String> environment(String... settings) {
        Map<String, String> environment =
                new HashMap<>(Map.of("DATA_DIR", scratch.resolve("a").toString()));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(Settings.environmentName(settings[i]), settings[i + 1]);
        }
        return environment;
    }
}
