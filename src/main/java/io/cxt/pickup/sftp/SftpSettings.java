package io.cxt.pickup.sftp;

import io.cxt.pickup.OptionalParts;
import io.cxt.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder on an SFTP server that transcripts come from.
 *
 * @param privateKey null to sign in with the password alone
 * @param passphrase of the private key; null when it is not locked
 * @param password null to sign in with the key alone
 * @param folder relative to the login directory; a dot for that directory itself
 * @param settle how long a file must be unchanged before it is fetched
 * @param extraAlgorithms names that old servers need, separated by commas; empty for none
 * @param algorithms the lists of the SSH library that these names change, complete
 */
public record SftpSettings(
        String host,
        int port,
        String username,
        @Nullable Path privateKey,
        @Nullable String passphrase,
        @Nullable String password,
        Path knownHosts,
        String folder,
        Duration settle,
        After after,
        String extraAlgorithms,
        Map<String, String> algorithms) {

    /** What becomes of a file there once it is finished. */
    enum After {
        /** It goes to {@code .done} or {@code .failed}. */
        MOVE,
        /** It is deleted once all of it is decided. */
        DELETE,
        /** It stays, and nothing is written there. */
        KEEP
    }

    /** Reads and checks {@code pickup.sftp.*}; problems stay in the settings. Null when the pickup is disabled. */
    public static @Nullable SftpSettings from(Settings settings) {
        if (!settings.flag("pickup.sftp.enabled", false)) {
            return null;
        }
        boolean there = OptionalParts.need(
                settings,
                "pickup.sftp.enabled = true",
                "org.apache.camel.component.file.remote.SftpComponent",
                "org.apache.camel:camel-ftp");
        Path key = settings.secretPath("pickup.sftp.private-key-file").orElse(null);
        String passphrase =
                settings.secretFile("pickup.sftp.private-key-passphrase-file").orElse(null);
        String unfit = there && key != null ? SftpKey.fault(key, passphrase) : null;
        if (unfit != null) {
            settings.problem(unfit);
        }
        String password = settings.secretFile("pickup.sftp.password-file").orElse(null);
        if (settings.optional("pickup.sftp.private-key-file").isEmpty()
                && settings.optional("pickup.sftp.password-file").isEmpty()) {
            settings.problem("pickup.sftp.private-key-file and pickup.sftp.password-file are both not set;"
                    + " set the one that the server asks for");
        }
        settings.number("pickup.sftp.poll-ms", 5_000, 100, 3_600_000);
        settings.number("pickup.sftp.backoff-multiplier", 6, 1, 1_000);
        settings.number("pickup.sftp.max-per-poll", 500, 1, 100_000);
        return new SftpSettings(
                settings.required("pickup.sftp.host", "the SFTP server"),
                settings.integer("pickup.sftp.port", 22, 1, 65_535),
                settings.required("pickup.sftp.username", "who signs in at the SFTP server"),
                key,
                passphrase,
                password,
                knownHosts(settings),
                folder(settings),
                Duration.ofMillis(settings.number("pickup.sftp.settle-ms", 5_000, 0, 600_000)),
                After.valueOf(settings.choice("pickup.sftp.after", "move", "move", "delete", "keep")
                        .toUpperCase(Locale.ROOT)),
                settings.optional(SftpAlgorithms.PROPERTY).orElse(""),
                there ? SftpAlgorithms.from(settings) : Map.of());
    }

    /** Identifies the folder. */
    String place() {
        return "%s@%s:%s %s".formatted(username, host, port, folder);
    }

    /** True when nothing is written on the server. */
    boolean readsOnly() {
        return after == After.KEEP;
    }

    private static Path knownHosts(Settings settings) {
        String name = "pickup.sftp.known-hosts-file";
        Path file = Path.of(settings.required(name, "the file with the server's host key, as ssh-keyscan writes it"));
        if (settings.optional(name).isPresent() && !Files.isReadable(file)) {
            settings.problem("%s: cannot read %s. Let ssh-keyscan write it, and compare the key with the server's owner"
                    .formatted(name, file));
        }
        return file;
    }

    private static String folder(Settings settings) {
        String folder = settings.required("pickup.sftp.folder", "the folder there; a dot for where the sign-in lands");
        if (folder.startsWith("/") || Arrays.asList(folder.split("/")).contains("..")) {
            settings.problem(("pickup.sftp.folder is %s; allowed: a path from where the sign-in lands, without / at its"
                            + " beginning and without ..")
                    .formatted(folder));
        }
        return folder;
    }

    /** Leaves the secrets out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "SftpSettings[host=%s, port=%s, folder=%s]".formatted(host, port, folder);
    }
}
