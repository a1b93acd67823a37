package io.cxt.pickup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who claims a folder, as its marker says.
 *
 * @param ledger the ledger's id, kept in its database
 * @param instance the instance, as in {@code data.dir}
 * @param home tells a {@code data.dir} from a copy of it, and from that of another machine
 * @param host the machine, for people
 * @param shared true when several instances may use the ledger at once
 */
public record FolderOwner(String ledger, String instance, String home, String host, boolean shared) {
    private static final Pattern TEXT = Pattern.compile(
            "ledger=([\\w-]{1,64}) instance=([\\w-]{1,64}) home=([\\w-]{1,64}) host=([\\w.-]{1,64}) beat=\\d{1,20}(?: events=(\\d{1,18}))?\n");

    /** @param data the folder whose lock this process holds: its former owner is dead */
    public static FolderOwner of(String ledger, String instance, Path data, boolean shared) {
        String seed = firstLine(Path.of("/proc/sys/kernel/random/boot_id"), hostName()) + " " + key(data);
        String home =
                UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
        return new FolderOwner(ledger, instance, home, hostName(), shared);
    }

    private static Object key(Path folder) {
        try {
            Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
            return key == null ? folder.toAbsolutePath() : key;
        } catch (IOException e) {
            return folder.toAbsolutePath();
        }
    }

    /** Without asking the network, which may not answer. */
    public static String hostName() {
        String set = System.getenv("HOSTNAME");
        String name = set != null ? set : firstLine(Path.of("/etc/hostname"), "unknown");
        String plain = name.replaceAll("[^\\w.-]", "_");
        return plain.isEmpty() ? "unknown" : plain.substring(0, Math.min(64, plain.length()));
    }

    private static String firstLine(Path file, String otherwise) {
        try {
            return Files.readString(file).lines().findFirst().orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }

    /**
     * @param beat differs each time: the sign of life
     * @param events how many this instance has written, which shows an older copy of its ledger
     */
    String text(long beat, long events) {
        return "ledger=%s instance=%s home=%s host=%s beat=%s events=%s\n"
                .formatted(ledger, instance, home, host, beat, events);
    }

    /** True when the ledger of the marker has written more events than that. */
    static boolean isAheadOf(String text, long events) {
        Matcher read = TEXT.matcher(text);
        return read.matches() && read.group(5) != null && Long.parseLong(read.group(5)) > events;
    }

    /** True for the marker of this process, of one before it in the same place, or of one that shares its ledger. */
    boolean isOurs(String text) {
        Matcher read = TEXT.matcher(text);
        return read.matches()
                && (shared ? ledger.equals(read.group(1)) : home.equals(read.group(3)) && isLedgerOf(text));
    }

    boolean isLedgerOf(String text) {
        Matcher read = TEXT.matcher(text);
        return read.matches() && ledger.equals(read.group(1));
    }

    /** False for an incomplete marker, or something else. */
    static boolean isComplete(String text) {
        return TEXT.matcher(text).matches();
    }

    static String inWords(String text) {
        Matcher read = TEXT.matcher(text);
        return read.matches()
                ? "ledger %s, instance %s, host %s".formatted(read.group(1), read.group(2), read.group(4))
                : "unknown";
    }
}
