package io.cxt.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.db.LedgerSettings;
import io.cxt.settings.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** What a backup is made of: a zip with the files by their names here, and a list of them with SHA-256 at its end. */
final class BackupFile {
    static final String LEDGER = "ledger.db";
    static final String INSTANCE_ID = "instance-id";
    static final String KEY = "checkpoint.key";
    static final String CUSTOMER_KEY = "customer.key";
    static final String CHECKPOINTS = "checkpoints/";
    static final String DEAD_LETTERS = "dead-letters/";
    static final String ARCHIVE = "archive/";

    private static final String LIST = "backup.json";
    private static final String FORM = "cxt-backup-1";

    private BackupFile() {}

    /**
     * The list.
     *
     * @param at when the ledger was copied, RFC 3339
     * @param sqlite false when the ledger is not in it
     * @param files SHA-256 by name
     */
    record Contents(String form, String at, String cxt, boolean sqlite, Map<String, String> files) {}

    /** Where the file of that name belongs; null for a name that no backup has. */
    static @Nullable Path place(String name, LedgerSettings settings, Path archive) {
        if (name.equals(LEDGER)) {
            return settings.file();
        }
        if (name.equals(INSTANCE_ID)) {
            return settings.folder().resolve(INSTANCE_ID);
        }
        if (name.equals(KEY)) {
            return settings.checkpointKeyFile();
        }
        if (name.equals(CUSTOMER_KEY)) {
            Path own = settings.customerKeyFile();
            return own == null ? settings.folder().resolve(CUSTOMER_KEY) : own;
        }
        Path root = name.matches(CHECKPOINTS + "[\\w-]{1,64}" + LedgerSettings.CHECKPOINTS_ENDING)
                        || name.matches(CHECKPOINTS + LedgerSettings.publicKeyName("[0-9a-f]{16}"))
                ? settings.checkpointFolder()
                : name.startsWith(DEAD_LETTERS)
                        ? settings.folder().resolve(DEAD_LETTERS)
                        : name.startsWith(ARCHIVE) ? archive : null;
        if (root == null) {
            return null;
        }
        Path place = root.resolve(name.substring(name.indexOf('/') + 1)).normalize();
        return place.startsWith(root) && !place.equals(root) ? place : null;
    }

    /** Writes one. */
    static final class Writer {
        private final ZipOutputStream zip;
        private final Map<String, String> files = new TreeMap<>();

        Writer(OutputStream out) {
            zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        }

        void add(String name, InputStream content) throws IOException {
            MessageDigest digest = Fingerprint.sha256();
            zip.putNextEntry(new ZipEntry(name));
            content.transferTo(new DigestOutputStream(zip, digest));
            zip.closeEntry();
            files.put(name, HexFormat.of().formatHex(digest.digest()));
        }

        Contents end(String at, String cxt, boolean sqlite) throws IOException {
            Contents contents = new Contents(FORM, at, cxt, sqlite, files);
            zip.putNextEntry(new ZipEntry(LIST));
            zip.write(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(contents));
            zip.closeEntry();
            zip.finish();
            return contents;
        }
    }

    /**
     * Reads the list, and each file against it.
     *
     * @throws CommandRefused when it is no backup, or not as it was written
     */
    static Contents read(ZipFile zip) throws IOException {
        ZipEntry list = zip.getEntry(LIST);
        if (list == null) {
            throw new CommandRefused(Exit.USAGE, "It is no backup: it has no " + LIST);
        }
        Contents contents;
        try (InputStream in = zip.getInputStream(list)) {
            contents = new ObjectMapper().readValue(in.readAllBytes(), Contents.class);
        } catch (JsonProcessingException e) {
            throw new CommandRefused(Exit.FINDINGS, LIST + " is not in its form. Take another backup");
        }
        if (!FORM.equals(contents.form)) {
            throw new CommandRefused(Exit.USAGE, "The backup is of another cxt. Use that version or a later one");
        }
        for (Map.Entry<String, String> file : contents.files.entrySet()) {
            ZipEntry entry = zip.getEntry(file.getKey());
            if (entry == null || !file.getValue().equals(hash(zip, entry))) {
                throw new CommandRefused(
                        Exit.FINDINGS,
                        "%s is not in the backup as it was written. Take another backup".formatted(file.getKey()));
            }
        }
        return contents;
    }

    static String hash(Path file) throws IOException {
        MessageDigest digest = Fingerprint.sha256();
        Files.copy(file, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static @Nullable String hash(ZipFile zip, ZipEntry entry) throws IOException {
        MessageDigest digest = Fingerprint.sha256();
        try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        } catch (ZipException e) {
            return null;
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
