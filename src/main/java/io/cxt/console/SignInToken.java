package io.cxt.console;

import io.cxt.files.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The text that signs somebody in: a name, an end and a random word, under a key that a file of {@code data.dir} holds. Anyone
 * who can read that file is trusted.
 *
 * @param key of the console that runs now; 32 bytes
 */
record SignInToken(byte[] key) {
    static final Duration LASTS = Duration.ofMinutes(5);
    private static final String KEY_FILE = "console.key";
    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /** A key that only this process has. */
    static SignInToken fresh() {
        return new SignInToken(random());
    }

    /** A new key, in the file too: what was signed with the one before is worth nothing any more. */
    static SignInToken writtenTo(Path dataFolder) throws IOException {
        SignInToken token = fresh();
        DurableFiles.replace(dataFolder.resolve(KEY_FILE), token.key);
        return token;
    }

    /** The key of the console that runs with this {@code data.dir}; empty when none has begun there. */
    static Optional<SignInToken> readFrom(Path dataFolder) throws IOException {
        Path file = dataFolder.resolve(KEY_FILE);
        return Files.exists(file) ? Optional.of(new SignInToken(Files.readAllBytes(file))) : Optional.empty();
    }

    /** 256 bits that nobody can guess. */
    static byte[] random() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return random;
    }

    static String text(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    /** A token for one use until it ends. */
    String issue(String name, Instant now) {
        String said = text(name.getBytes(StandardCharsets.UTF_8)) + "."
                + now.plus(LASTS).getEpochSecond() + "." + text(random());
        return said + "." + text(mac(said));
    }

    /**
     * A token that was issued with this key and has not ended.
     *
     * @param word is in no other token
     */
    record Valid(String name, Instant end, String word) {}

    /** Empty when it was not issued with this key, or has ended. */
    Optional<Valid> read(String token, Instant now) {
        int cut = token.lastIndexOf('.');
        String[] parts = token.split("\\.", -1);
        if (parts.length != 4 || !MessageDigest.isEqual(ascii(text(mac(token.substring(0, cut)))), ascii(parts[3]))) {
            return Optional.empty();
        }
        String name = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        Instant end = Instant.ofEpochSecond(Long.parseLong(parts[1]));
        return now.isBefore(end) ? Optional.of(new Valid(name, end, parts[2])) : Optional.empty();
    }

    private byte[] mac(String said) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(ascii(said));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "SignInToken";
    }
}
