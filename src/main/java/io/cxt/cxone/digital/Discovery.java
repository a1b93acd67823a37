package io.cxt.cxone.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CxoneTarget.Documents;
import io.cxt.cxone.UnusableDocumentException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks CXone's issuer where a tenant's API and its sign-in are. Each document is asked for once. */
final class Discovery {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DigitalSettings settings;
    private volatile String baseUrl;
    private @Nullable String tokenUrl;

    Discovery(DigitalSettings settings) {
        this.settings = settings;
        this.baseUrl = settings.baseUrl();
    }

    /** What stands before {@code /dfo/3.0}; empty until {@link #find}. */
    String baseUrl() {
        return baseUrl;
    }

    /** Finds what is not known yet. */
    synchronized void find(Documents documents) throws IOException {
        if (baseUrl.isEmpty()) {
            String tenant = URLEncoder.encode(String.valueOf(settings.tenantId()), StandardCharsets.UTF_8);
            String url = settings.issuer() + "/.well-known/cxone-configuration?tenantId=" + tenant;
            JsonNode document = read(documents, url);
            baseUrl = "https://api-de-%s.%s".formatted(word(document, url, "area"), word(document, url, "domain"));
        }
    }

    /** The token endpoint of the issuer. It gets the secret, so that it must be of the issuer's own scheme. */
    synchronized String tokenUrl(Documents documents) throws IOException {
        if (tokenUrl == null) {
            String url = settings.issuer() + "/.well-known/openid-configuration";
            String found = read(documents, url).path("token_endpoint").asText();
            if (!sameScheme(found)) {
                throw new UnusableDocumentException(
                        "%s names no token_endpoint that a secret can be sent to".formatted(url));
            }
            tokenUrl = found;
        }
        return tokenUrl;
    }

    private boolean sameScheme(String found) {
        try {
            URI uri = new URI(found);
            URI issuer = new URI(settings.issuer());
            return uri.getHost() != null
                    && issuer.getScheme().equals(uri.getScheme())
                    && (issuer.getScheme().equals("https") || issuer.getHost().equals(uri.getHost()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** A piece of a host name. */
    private static String word(JsonNode document, String url, String field) throws IOException {
        String word = document.path(field).asText();
        if (!word.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
            throw new UnusableDocumentException("%s has no %s that is part of a host name".formatted(url, field));
        }
        return word;
    }

    private static JsonNode read(Documents documents, String url) throws IOException {
        try {
            return JSON.readTree(documents.get(url));
        } catch (JsonProcessingException e) {
            throw new UnusableDocumentException("%s gives no JSON".formatted(url));
        }
    }
}
