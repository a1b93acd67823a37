package io.cxt.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.intake.SiteStepException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.junit.jupiter.api.Test;

class StepFaultTest {
    private static final String ADDRESS = "https://files.example.com/?sig=SECRET";

    @Test
    void a_fault_of_the_network_is_said_in_words_and_without_the_address() {
        Map.of(
                        new HttpOperationFailedException(ADDRESS, 503, ADDRESS, null, null, ADDRESS), "HTTP 503",
                        new UnknownHostException(ADDRESS), "The host name is not known here.",
                        new ConnectException(ADDRESS), "No connection.",
                        new NoRouteToHostException(ADDRESS), "No connection.",
                        new ConnectTimeoutException(ADDRESS), "No connection.",
                        new SocketTimeoutException(ADDRESS), "No answer in time.",
                        new SSLHandshakeException(ADDRESS), "No connection with TLS.",
                        new SocketException(ADDRESS), "The connection broke off",
                        new ConnectionClosedException(ADDRESS), "The connection broke off",
                        new NoHttpResponseException(ADDRESS), "The connection broke off")
                .forEach((fault, words) -> {
                    assertThat(StepFault.inWords(fault))
                            .isInstanceOf(SiteStepException.class)
                            .hasMessageStartingWith(words)
                            .hasMessageNotContaining("SECRET");
                    assertThat(StepFault.inWords(new RuntimeCamelException(fault)))
                            .hasMessageStartingWith(words);
                });
        assertThat(StepFault.inWords(new TruncatedChunkException("chunk"))).hasMessageContaining("TruncatedChunk");
    }

    @Test
    void another_fault_is_left_as_it_is() {
        IOException disk = new IOException("No space left on device");

        assertThat(StepFault.inWords(disk)).isSameAs(disk);
    }
}
