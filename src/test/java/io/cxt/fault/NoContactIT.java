package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Keystore;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not CXone, or cannot show that they are: no secret and no bearer, a clear word, and on again. */
@Timeout(120)
@ExtendWith(Verdicts.class)
@Tag("slow")
class NoContactIT {
    private static final String TRUST = "javax.net.ssl.trustStore";

    @TempDir
    Path scratch;

    @AfterEach
    void trustAsBefore() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST + "Password");
    }

    private static SSLContext trusted(Keystore keys) throws Exception {
        return trusted(keys.file(), keys);
    }

    private static SSLContext trusted(Path authority, Keystore keys) throws Exception {
        System.setProperty(TRUST, authority.toString());
        System.setProperty(TRUST + "Password", keys.password());
        return keys.tls();
    }

    private RunningCxt start(StandIn cxone, String... more) throws Exception {
        String[] settings = {"cxone.retry.max-wait-ms", "300", "cxone.retry.max-retries", "1"};
        String[] all = java.util.Arrays.copyOf(settings, settings.length + more.length);
        System.arraycopy(more, 0, all, settings.length, more.length);
        return RunningCxt.start(scratch.resolve("data"), cxone, all);
    }

    private static void held(String what, RunningCxt cxt, String... words) throws Exception {
        cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
        String reason = cxt.engine().components().lane().stopReason().orElseThrow();
        assertThat(reason).contains(words);
        assertThat(cxt.files("inbox")).containsExactly("chat.json");
        assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'"))
                .containsExactly("0");
        Verdicts.add(what, 0, "stays in the inbox: " + reason);
    }

    @Test
    @Tag("fault-36")
    void a_certificate_that_has_expired_gets_nothing_until_it_is_renewed() throws Exception {
        Keystore good = Keystore.make(scratch.resolve("good.p12"));
        Keystore expired = Keystore.expired(scratch.resolve("expired.p12"));
        StandIn before =
                StandIn.start(StandInSettings.defaults().withTls(trusted(scratch.resolve("authority.p12"), expired)));
        int port = before.baseUri().getPort();
        try (RunningCxt cxt = start(before)) {
            held("a certificate that has expired", cxt, "certificate is out of date", "Check the clock");
            assertThat(before.counts().signIns() + before.counts().signInsRefused())
                    .isZero();
        } finally {
            before.close();
        }

        try (StandIn renewed =
                        StandIn.start(StandInSettings.defaults().withPort(port).withTls(trusted(good)));
                RunningCxt cxt = start(renewed)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chat.json")));
            assertThat(renewed.counts().accepted()).isEqualTo(1);
        }
    }

    @Test
    @Tag("fault-36")
    void a_certificate_for_another_host_gets_neither_secret_nor_bearer() throws Exception {
        Keystore other = Keystore.ofAnotherHost(scratch.resolve("other.p12"));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withTls(trusted(other)));
                RunningCxt cxt = start(cxone)) {
            held("a certificate for another host", cxt, "certificate is for another host name", "cxone.base-url");

            assertThat(cxone.counts().signIns() + cxone.counts().signInsRefused())
                    .isZero();
        }
    }

    @Test
    @Tag("fault-36")
    void a_server_that_turns_bad_behind_a_good_token_gets_no_bearer() throws Exception {
        Keystore good = Keystore.make(scratch.resolve("good.p12"));
        StandIn cxone = StandIn.start(StandInSettings.defaults().withTls(trusted(good)));
        int port = cxone.baseUri().getPort();
        try (RunningCxt cxt = start(cxone)) {
            cxt.drops("first.json", chat("first"));
            cxone.close();
            Keystore other = Keystore.ofAnotherHost(scratch.resolve("other.p12"));
            try (StandIn bad =
                    StandIn.start(StandInSettings.defaults().withPort(port).withTls(other.tls()))) {
                cxt.drops("second.json", chat("second"));

                assertThat(bad.calls()).isEmpty();
            }
            Verdicts.add("another server's certificate, after the sign-in", 0, "a dead letter: NET-TLS");
            // The first call of the two may have met a connection of the server that is gone: in doubt, then.
            assertThat(cxt.rows("SELECT state, reason FROM delivery WHERE interaction_id = 'second'"))
                    .first()
                    .isIn("FAILED NET-TLS", "IN_DOUBT NET-TLS");
        } finally {
            cxone.close();
        }
    }

    @Test
    @Tag("fault-36")
    void an_old_protocol_is_not_spoken() throws Exception {
        Keystore good = Keystore.make(scratch.resolve("good.p12"));
        try (StandIn unused = StandIn.start(StandInSettings.defaults());
                SSLServerSocket old = (SSLServerSocket) trusted(good)
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            old.setEnabledProtocols(new String[] {"TLSv1", "TLSv1.1"});
            answerEach(old, Socket::getInputStream);
            try (RunningCxt cxt = start(unused, "cxone.base-url", "https://127.0.0.1:" + old.getLocalPort())) {
                held("TLS 1.1 at most", cxt, "found no way to speak TLS", "TLS 1.2");
            }
        }
    }

    @Test
    @Tag("fault-36")
    void a_reset_in_the_handshake_is_no_contact() throws Exception {
        try (StandIn unused = StandIn.start(StandInSettings.defaults());
                ServerSocket door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            answerEach(door, caller -> caller.setSoLinger(true, 0)); // closing resets
            try (RunningCxt cxt = start(unused, "cxone.base-url", "https://127.0.0.1:" + door.getLocalPort())) {
                held("a reset in the TLS handshake", cxt, "Cannot reach CXone to sign in", "cxone.base-url");
            }
        }
    }

    @Test
    @Tag("fault-106")
    void a_server_that_asks_for_a_client_certificate_is_told_from_one_that_refuses_the_secret() throws Exception {
        Keystore good = Keystore.make(scratch.resolve("good.p12"));
        Path password = Files.writeString(scratch.resolve("password"), good.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        try (StandIn unused = StandIn.start(StandInSettings.defaults());
                SSLServerSocket door = (SSLServerSocket) trusted(good)
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            door.setNeedClientAuth(true);
            answerEach(door, caller -> {
                ((SSLSocket) caller).getSession().getPeerCertificates();
                answer(caller, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            });
            String address = "https://127.0.0.1:" + door.getLocalPort();
            try (RunningCxt cxt = start(unused, "cxone.base-url", address)) {
                held("a client certificate is asked for", cxt, "client certificate", "cxone.key-store");
            }
            trustAsBefore(); // the file below is all that is given
            try (RunningCxt cxt = start(
                    unused,
                    "cxone.base-url",
                    address,
                    "cxone.trust-store",
                    good.file().toString(),
                    "cxone.trust-store-password-file",
                    password.toString(),
                    "cxone.key-store",
                    good.file().toString(),
                    "cxone.key-store-password-file",
                    password.toString())) {
                held("it is given one, and has another fault", cxt, "HTTP 404", "cxone.base-url");
            }
        }
    }

    @Test
    @Tag("fault-106")
    void an_authority_of_ones_own_is_a_pem_file() throws Exception {
        Keystore good = Keystore.make(scratch.resolve("good.p12"));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withTls(good.tls()));
                RunningCxt cxt = start(
                        cxone,
                        "cxone.trust-store",
                        good.certificate(scratch.resolve("authority.pem")).toString())) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxone.counts().accepted()).isEqualTo(1);
        }
    }

    @Test
    @Tag("fault-106")
    void a_port_without_tls_and_a_server_of_another_protocol_are_named() throws Exception {
        byte[] settings = {
            0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
        };
        try (StandIn plain = StandIn.start(StandInSettings.defaults());
                ServerSocket newer = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            answerEach(newer, caller -> caller.getOutputStream().write(settings));
            String address = plain.baseUri().toString().replace("http:", "https:");
            try (RunningCxt cxt = start(plain, "cxone.base-url", address)) {
                held("a port without TLS", cxt, "speaks no TLS", "port in cxone.base-url");
            }
            try (RunningCxt cxt = start(plain, "cxone.base-url", "http://127.0.0.1:" + newer.getLocalPort())) {
                held("a server of HTTP/2 only", cxt, "closed the connection without an answer", "HTTP/2 only");
            }
        }
    }

    @Test
    @Tag("fault-107")
    void headers_without_end_are_no_answer() throws Exception {
        try (StandIn unused = StandIn.start(StandInSettings.defaults());
                ServerSocket door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            byte[] line = "X-More: of the same\r\n".getBytes(StandardCharsets.US_ASCII);
            answerEach(door, caller -> {
                answer(caller, "HTTP/1.1 200 OK\r\n");
                while (true) {
                    caller.getOutputStream().write(line); // ends when the caller has had enough
                }
            });
            try (RunningCxt cxt = start(unused, "cxone.base-url", "http://127.0.0.1:" + door.getLocalPort())) {
                held("headers without end", cxt, "more than 100 headers");
            }
        }
    }

    private static void answer(Socket caller, String text) throws IOException {
        caller.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        caller.getOutputStream().flush();
    }

    @Test
    @Tag("fault-37")
    void a_host_name_that_nobody_knows_is_said() throws Exception {
        try (StandIn unused = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = start(unused, "cxone.base-url", "https://no-such-host.invalid")) {
            held("a host name that nobody knows", cxt, "host name is not known", "name service");
        }
    }

    private interface Treatment {
        void of(Socket caller) throws IOException;
    }

    private static void answerEach(ServerSocket door, Treatment treatment) {
        Thread thread = new Thread(
                () -> {
                    while (!door.isClosed()) {
                        try (Socket caller = door.accept()) {
                            caller.getInputStream().read();
                            treatment.of(caller);
                        } catch (IOException e) {
                            continue; // the caller went, or the door is closed
                        }
                    }
                },
                "door");
        thread.setDaemon(true);
        thread.start();
    }
}
