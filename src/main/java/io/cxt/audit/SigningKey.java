package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.db.PrivateFiles;
import io.cxt.db.UnusableLedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Ed25519 key that signs checkpoints, in a file of two PEM blocks. To check them, the block with the public key is
 * enough.
 */
final class SigningKey {
    private static final String ALGORITHM = "Ed25519";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private final @Nullable PrivateKey secret;
    private final PublicKey open;
    private final String id;

    private SigningKey(@Nullable PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        this.secret = secret;
        this.open = open;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(open.getEncoded());
        id = HexFormat.of().formatHex(digest, 0, 8);
    }

    /** Reads the key to check with. */
    static SigningKey read(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(file, e);
        }
    }

    /** Reads a key that signed before, or elsewhere; its public half is enough. */
    static SigningKey readPublic(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableLedgerException(
                    "%s holds no Ed25519 public key (%s). audit.known-keys and --key take files with a block PUBLIC KEY, such as %s"
                            .formatted(file, e.getClass().getSimpleName(), LedgerSettings.publicKeyName("ID")));
        }
    }

    /**
     * Reads the key to sign with, or creates it.
     *
     * @throws UnusableLedgerException when others can read the file, or it holds no key to sign with
     */
    static SigningKey readOrMake(Path file) throws IOException {
        if (Files.exists(file)) {
            refuseReadable(file);
        }
        PrivateFiles.createFilled(file, SigningKey::made);
        try {
            SigningKey key = parse(Files.readString(file, StandardCharsets.US_ASCII));
            if (key.secret == null) {
                throw new UnusableLedgerException(
                        "%s holds only a public key. Point audit.checkpoint-key-file to the whole key, or to a file"
                                        .formatted(file)
                                + " that is not there yet");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(file, e);
        }
    }

    private static byte[] made() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return (pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                            + pem("PUBLIC KEY", pair.getPublic().getEncoded()))
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java has " + ALGORITHM, e);
        }
    }

    /** A short name of the key: the beginning of the SHA-256 of its public half. */
    String id() {
        return id;
    }

    /** The block with the public key, as it is in the file. */
    String publicHalf() {
        return pem("PUBLIC KEY", open.getEncoded());
    }

    String sign(String text) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read signs", e);
        }
    }

    boolean signed(String text, String signature) {
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(open);
            check.update(text.getBytes(StandardCharsets.US_ASCII));
            return check.verify(Base64.getUrlDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static SigningKey parse(String text) throws GeneralSecurityException {
        KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
        byte[] secret = block(text, "PRIVATE KEY");
        byte[] open = block(text, "PUBLIC KEY");
        if (open == null) {
            throw new IllegalArgumentException("no PUBLIC KEY");
        }
        return new SigningKey(
                secret == null ? null : keys.generatePrivate(new PKCS8EncodedKeySpec(secret)),
                keys.generatePublic(new X509EncodedKeySpec(open)));
    }

    private static String pem(String what, byte[] key) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(what, LINES.encodeToString(key))
                .replace("\r", "");
    }

    private static byte @Nullable [] block(String text, String what) {
        Matcher block = Pattern.compile("-----BEGIN %1$s-----([A-Za-z0-9+/=\\s]*)-----END %1$s-----".formatted(what))
                .matcher(text);
        return block.find() ? Base64.getMimeDecoder().decode(block.group(1)) : null;
    }

    private static void refuseReadable(Path file) throws IOException {
        if (PrivateFiles.othersCanRead(file)) {
            throw new UnusableLedgerException(
                    "audit.checkpoint-key-file: others can read %1$s. Run: chmod 600 %1$s".formatted(file));
        }
    }

    /** Says nothing of what is in the file. */
    private static UnusableLedgerException unreadable(Path file, Exception e) {
        return new UnusableLedgerException(
                "audit.checkpoint-key-file: %s holds no Ed25519 key (%s). Put the key back from a copy, or move the file away and a new one is made"
                        .formatted(file, e.getClass().getSimpleName()));
    }
}
