package io.cxt.cxone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimedCallTest {
    private static final byte[] BODY = "{}".getBytes(UTF_8);

    private static HttpPost post(String address) {
        HttpPost post = new HttpPost(URI.create(address));
        post.setHeader("Authorization", "Bearer x");
        post.setHeader("Idempotency-Key", "key");
        post.setHeader("Content-Type", "application/json");
        post.setHeader("Host", URI.create(address).getAuthority());
        post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));
        return post;
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com/a/b, https://api.example.com/a/b, true",
        "https://api.example.com/a, https://api.example.com:443/a, true",
        "https://API.example.com:443/a, https://api.example.com/a, true",
        "http://[::1]:8080/a, http://[::1]:8080/a, true",
        "https://api.example.com/a//b, https://api.example.com/a/b, true",
        "https://api.example.com/a~b?x=1%3A2, https://api.example.com/a%7Eb?x=1:2, true",
        "https://api.example.com/a, https://api.example.com/A, false",
        "https://api.example.com/a, https://api.example.com/a/b, false",
        "https://api.example.com/a%2Fb, https://api.example.com/a/b, false",
        "https://api.example.com/a, https://api.example.com/a?x=1, false",
        "https://api.example.com/a, https://api.example.com:8443/a, false",
        "https://api.example.com/a, https://api.example.org/a, false",
        "https://api.example.com/a, http://api.example.com/a, false",
    })
    void an_address_is_the_same_however_it_is_written(String claimed, String leaves, boolean same) {
        ClaimedCall claim = new ClaimedCall("POST", URI.create(claimed), "Bearer x", "key", BODY);
        HttpPost post = post(leaves);
        URI uri = URI.create(leaves);
        HttpHost server = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());

        if (same) {
            assertThatCode(() -> claim.require(post, server)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> claim.require(post, server)).hasMessage("changed after the claim: the address");
        }
    }
}
