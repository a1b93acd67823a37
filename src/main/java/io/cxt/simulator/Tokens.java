package io.cxt.simulator;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The live tokens: until they expire or are revoked. */
public final class Tokens {

    private static final int BYTES = 16;

    private final Map<String, Long> expiryNanos = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    public String issue(int lifetimeSeconds) {
        long now = System.nanoTime();
        expiryNanos.values().removeIf(expiry -> expiry - now <= 0);
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        String token = "standin-" + HexFormat.of().formatHex(secret);
        expiryNanos.put(token, now + lifetimeSeconds * 1_000_000_000L);
        return token;
    }

    public boolean live(@Nullable String token) {
        Long expiry = token == null ? null : expiryNanos.get(token);
        return expiry != null && expiry - System.nanoTime() > 0;
    }

    void revoke(@Nullable String token) {
        if (token != null) {
            expiryNanos.remove(token);
        }
    }

    public void revokeAll() {
        expiryNanos.clear();
    }
}
