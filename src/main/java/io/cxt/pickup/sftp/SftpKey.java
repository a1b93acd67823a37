package io.cxt.pickup.sftp;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks without a server, which would only refuse, whether a private key can be used with its passphrase. */
final class SftpKey {
    private static final String PROPERTY = "pickup.sftp.private-key-file";
    private static final String PASSPHRASE = "pickup.sftp.private-key-passphrase-file";
    private static final Pattern PUBLIC =
            Pattern.compile("(?s)\\s*((ssh|ecdsa|sk)-\\S+ |---- BEGIN SSH2 PUBLIC|-----BEGIN (\\w+ )?PUBLIC).*");

    private SftpKey() {}

    /**
     * Why the key cannot be used, and what to do; null when it can.
     *
     * @param passphrase null when there is none
     */
    static @Nullable String fault(Path file, @Nullable String passphrase) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "%s: cannot read %s (%s)"
                    .formatted(PROPERTY, file, e.getClass().getSimpleName());
        }
        if (PUBLIC.matcher(text).matches()) {
            return "%s: %s is the public half of a key. Name the private one, mostly the same name without .pub"
                    .formatted(PROPERTY, file);
        }
        if (text.startsWith("-----BEGIN CERTIFICATE")) {
            return "%s: %s is a certificate. Name the private key that belongs to it".formatted(PROPERTY, file);
        }
        boolean putty = text.startsWith("PuTTY-User-Key-File-");
        String other = putty
                ? "Write it as OpenSSH does: puttygen %1$s -O private-openssh-new -o FILE, and name FILE"
                : "Rewrite it: ssh-keygen -p -f %1$s, with -Z aes256-ctr where it is locked";
        KeyPair key = null;
        try {
            key = KeyPair.load(new JSch(), text.getBytes(StandardCharsets.ISO_8859_1), null);
            if (!key.isEncrypted()) {
                return null;
            }
            if (passphrase == null) {
                return "%s: %s is locked by a passphrase. Put that into a file, and name it in %s"
                        .formatted(PROPERTY, file, PASSPHRASE);
            }
            return key.decrypt(passphrase.getBytes(StandardCharsets.UTF_8))
                    ? null
                    : "%s: the passphrase does not unlock %s".formatted(PASSPHRASE, file);
        } catch (JSchException | RuntimeException | LinkageError e) {
            boolean lacks = String.valueOf(e.getMessage()).contains("not available")
                    || String.valueOf(e.getMessage()).contains("not supported")
                    || e.getCause() instanceof LinkageError;
            boolean known = putty || lacks || text.contains(" PRIVATE KEY-----");
            return "%s: %s %s. %s"
                    .formatted(
                            PROPERTY,
                            file,
                            !known
                                    ? "is no private key"
                                    : lacks || putty
                                            ? "is written or locked in a way that CXT does not know"
                                            : "is damaged, or of a kind that CXT does not know",
                            known ? other.formatted(file) : "Name one as ssh-keygen or puttygen writes it");
        } finally {
            if (key != null) {
                key.dispose();
            }
        }
    }
}
