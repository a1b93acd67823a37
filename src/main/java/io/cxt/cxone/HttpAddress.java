package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** An address of an API in the settings. Secrets and chats go there: https, or http on loopback. */
public final class HttpAddress {
    private HttpAddress() {}

    /** The address without a slash at the end, or empty when it is not set; a problem when it cannot be used. */
    public static Optional<String> optional(Settings settings, String property) {
        return settings.optional(property).map(value -> checked(settings, property, value));
    }

    /** The same where there must be one. */
    public static String required(Settings settings, String property, String whatItIs) {
        String value = settings.required(property, whatItIs);
        return value.isEmpty() ? value : checked(settings, property, value);
    }

    private static String checked(Settings settings, String property, String value) {
        try {
            URI uri = new URI(value);
            boolean bare = uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            if (!bare || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                settings.problem(notAnAddress(property, value));
            } else if ("http".equals(uri.getScheme()) && !loopback(uri.getHost())) {
                settings.problem(("%s is %s; secrets and chats must not travel in clear: use https"
                                + " (http is for loopback only)")
                        .formatted(property, value));
            }
        } catch (URISyntaxException e) {
            settings.problem(notAnAddress(property, value));
        }
        return value.replaceAll("/+$", "");
    }

    private static String notAnAddress(String property, String value) {
        return "%s is %s; it must look like https://api.example.com".formatted(property, withoutSecrets(value));
    }

    /** Leaves out what stands before an at sign or behind a question mark: people put passwords there. */
    static String withoutSecrets(String value) {
        return value.replaceAll(".*@", "…@").replaceAll("[?#].*", "?…");
    }

    /** True for an address that no other machine can listen at. */
    public static boolean loopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
