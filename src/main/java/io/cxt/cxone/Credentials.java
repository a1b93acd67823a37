package io.cxt.cxone;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cxt.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicNameValuePair;

/**
 * As whom CXT signs in to CXone, and in which way.
 *
 * @param id of the client for {@link SignInForm#CLIENT_CREDENTIALS}, else of the access key
 * @param secret that belongs to it
 * @param clientId of the client beside an access key, for {@link SignInForm#PASSWORD}; empty for none
 * @param clientSecret that belongs to it; empty for none
 * @param scope that the client asks for
 */
public record Credentials(
        SignInForm form, String id, String secret, String clientId, String clientSecret, String scope) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads and checks them; problems stay in the settings. */
    static Credentials from(Settings settings, List<SignInForm> forms) {
        String[] words =
                Arrays.stream(SignInForm.values()).map(SignInForm::word).toArray(String[]::new);
        SignInForm form =
                SignInForm.of(settings.choice("cxone.sign-in", forms.get(0).word(), words));
        if (!forms.contains(form)) {
            settings.problem("cxone.sign-in is %s; this cxone.target allows: %s"
                    .formatted(
                            form.word(),
                            String.join(
                                    ", ", forms.stream().map(SignInForm::word).toList())));
        }
        String scope = settings.optional("cxone.scope").orElse("conversations:chat:write conversations:read");
        if (form == SignInForm.CLIENT_CREDENTIALS) {
            return new Credentials(
                    form,
                    settings.required("cxone.client-id", "the id of the client that CXone gave you"),
                    secret(settings, "cxone.client-secret"),
                    "",
                    "",
                    scope);
        }
        boolean client = form == SignInForm.PASSWORD
                && settings.optional("cxone.client-id").isPresent();
        return new Credentials(
                form,
                settings.required("cxone.access-key-id", "the id of the access key that CXone gave you"),
                secret(settings, "cxone.access-key-secret"),
                client ? settings.optional("cxone.client-id").orElse("") : "",
                client ? secret(settings, "cxone.client-secret") : "",
                scope);
    }

    private static String secret(Settings settings, String property) {
        return settings.secret(property).orElseGet(() -> {
            if (settings.optional(property + "-file").isEmpty()
                    && settings.optional(property).isEmpty()) {
                settings.problem(
                        "%s is not set. Set %s in the environment, or name a file that others cannot read in %1$s-file"
                                .formatted(property, Settings.environmentName(property)));
            }
            return "";
        });
    }

    /** The call that asks for a token. */
    HttpPost request(String url) {
        return switch (form) {
            case CLIENT_CREDENTIALS ->
                form(
                        url,
                        "grant_type=client_credentials",
                        "client_id=" + id,
                        "client_secret=" + secret,
                        "scope=" + scope);
            case ACCESS_KEY -> json(url);
            case PASSWORD ->
                withClient(form(url, "grant_type=password", "username=" + id, "password=" + secret, "scope=openid"));
        };
    }

    /** The call that asks for another token with what came with the last one. */
    HttpPost refresh(String url, String refreshToken) {
        return clientId.isEmpty()
                ? form(url, "grant_type=refresh_token", "refresh_token=" + refreshToken)
                : withClient(form(
                        url, "grant_type=refresh_token", "client_id=" + clientId, "refresh_token=" + refreshToken));
    }

    private static HttpPost form(String url, String... fields) {
        List<NameValuePair> pairs = new ArrayList<>();
        for (String field : fields) {
            int equals = field.indexOf('=');
            pairs.add(new BasicNameValuePair(field.substring(0, equals), field.substring(equals + 1)));
        }
        HttpPost post = new HttpPost(url);
        post.setEntity(new UrlEncodedFormEntity(pairs, StandardCharsets.UTF_8));
        return post;
    }

    /** Id and secret are encoded as in a form first (RFC 6749 section 2.3.1). */
    private HttpPost withClient(HttpPost post) {
        if (!clientId.isEmpty()) {
            String encoded = URLEncoder.encode(clientId, StandardCharsets.UTF_8) + ":"
                    + URLEncoder.encode(clientSecret, StandardCharsets.UTF_8);
            byte[] pair = encoded.getBytes(StandardCharsets.UTF_8);
            post.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return post;
    }

    private HttpPost json(String url) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("accessKeyId", id);
            json.writeStringField("accessKeySecret", secret);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HttpPost post = new HttpPost(url);
        post.setEntity(new ByteArrayEntity(bytes.toByteArray(), ContentType.create("application/json")));
        return post;
    }

    /** What must not be shown when an answer has it; the ids, too. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>(List.of(secret, id));
        if (!clientId.isEmpty()) {
            secrets.addAll(List.of(clientSecret, clientId));
        }
        return secrets;
    }

    /** The names among {@link #secrets}. */
    public List<String> ids() {
        return clientId.isEmpty() ? List.of(id) : List.of(id, clientId);
    }

    /** Leaves the secrets out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Credentials[form=%s, id=%s]".formatted(form, id);
    }
}
