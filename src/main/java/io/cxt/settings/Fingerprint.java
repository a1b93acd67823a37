package io.cxt.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Stands for a configuration and its routes: sixteen hex digits that change with any of them. Secrets are left out. */
public final class Fingerprint {
    private Fingerprint() {}

    /**
     * @param properties every property with its value
     * @param routes what each route file holds, by its name
     */
    public static String of(Map<String, String> properties, Map<String, byte[]> routes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(properties).forEach((name, value) -> {
                if (!name.equals("cxone.client-secret")) {
                    digest.update((name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8));
                }
            });
            new TreeMap<>(routes).forEach((name, content) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
