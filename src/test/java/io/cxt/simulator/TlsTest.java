package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Keystore;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    @TempDir
    private static Path folder;

    private static SSLContext tls;

    @BeforeAll
    static void make_a_certificate() throws Exception {
        tls = Keystore.make(folder.resolve("standin.p12")).tls();
    }

    @Test
    void serves_those_who_trust_it_while_others_fail_or_say_nothing() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults().withTls(tls));
                Socket silent = new Socket("127.0.0.1", standIn.port())) {
            Caller stranger = new Caller(standIn, HttpClient.newHttpClient());
            Caller friend = trusting(standIn);

            assertThat(standIn.baseUri()).hasScheme("https");
            assertThatThrownBy(stranger::signIn).isInstanceOf(SSLHandshakeException.class);
            assertThat(friend.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
            assertThat(silent.isConnected()).isTrue();
        }
    }

    @Test
    void a_reset_is_a_reset_below_tls_too() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults().withTls(tls))) {
            Caller caller = trusting(standIn);
            caller.signIn();
            standIn.next(Fault.resetAfterBody());

            assertThatThrownBy(() -> caller.post(Caller.chat("ext-1")))
                    .isInstanceOf(IOException.class)
                    .hasRootCauseMessage("Connection reset");
        }
    }

    private static Caller trusting(StandIn standIn) {
        return new Caller(standIn, HttpClient.newBuilder().sslContext(tls).build());
    }
}
