package io.cxt.settings;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Identifies a configuration, its routes and the program: sixteen hex digits that change with any of them. Secrets are left
 * out, so that they cannot be guessed from it.
 */
public final class Fingerprint {
    private static final String SECRET = "(?i)password|passwd|passphrase|secret|token|credential";
    private static final Pattern SECRET_NAME = Pattern.compile(SECRET);
    /** {@code -Dx.password=…} in options, {@code &password=…} in an address. */
    private static final Pattern SECRET_VALUE =
            Pattern.compile("((?:" + SECRET + ")[^=&;\\s]*=)(?:\"[^\"]*\"|'[^']*'|[^&;\\s]*)");

    private static final Pattern USER_INFO = Pattern.compile("//[^/?#\\s]*@");
    private static final List<String> JAVA_OPTIONS = List.of("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
    private static final MessageDigest EMPTY = newSha256();
    private static final int END_OF_ZIP = 22;
    private static final int END_OF_ZIP_SIGNATURE = 0x06054b50;

    private Fingerprint() {}

    /**
     * @param properties every property with its value
     * @param files the content of each file, by its name
     */
    public static String of(Map<String, String> properties, Map<String, byte[]> files) {
        MessageDigest digest = sha256();
        add(properties, digest);
        new TreeMap<>(files).forEach((name, content) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(content);
        });
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** SHA-256 of the properties in hex: {@code name=value} on a line each, sorted, without secrets. */
    public static String of(Map<String, String> properties) {
        MessageDigest digest = sha256();
        add(properties, digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(Map<String, String> properties, MessageDigest digest) {
        new TreeMap<>(properties).forEach((name, value) -> {
            if (!secret(name)) {
                digest.update((name + "=" + open(value) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /**
     * The program: each jar of the class path by name, size and table of contents, which has a checksum of each entry; the
     * options for Java; and what the environment or a system property sets in Camel.
     */
    public static Map<String, byte[]> program(Map<String, String> environment) throws IOException {
        return program(System.getProperty("java.class.path", ""), environment);
    }

    static Map<String, byte[]> program(String classPath, Map<String, String> environment) throws IOException {
        Map<String, byte[]> program = new TreeMap<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            File jar = new File(entry);
            if (entry.endsWith(".jar") && jar.isFile()) {
                program.merge(jar.getName(), contents(jar), Fingerprint::both);
            }
        }
        environment.forEach((name, value) -> {
            if (JAVA_OPTIONS.contains(name) || name.startsWith("CAMEL_")) {
                program.put(name, (secret(name) ? "" : open(value)).getBytes(StandardCharsets.UTF_8));
            }
        });
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("camel."))
                .forEach(name -> program.put(
                        name,
                        (secret(name) ? "" : open(System.getProperty(name, ""))).getBytes(StandardCharsets.UTF_8)));
        return program;
    }

    private static boolean secret(String name) {
        return SECRET_NAME.matcher(name).find() && !name.endsWith("-file");
    }

    /** The text without its secrets. */
    private static String open(String text) {
        return USER_INFO.matcher(SECRET_VALUE.matcher(text).replaceAll("$1")).replaceAll("//");
    }

    private static byte[] both(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Size and CRC of the table of contents. A channel or SHA-256 would take several times as long at each start. */
    private static byte[] contents(File jar) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(jar, "r")) {
            long size = file.length();
            ByteBuffer end = ByteBuffer.wrap(
                            read(file, Math.max(0, size - END_OF_ZIP), (int) Math.min(size, END_OF_ZIP)))
                    .order(ByteOrder.LITTLE_ENDIAN);
            boolean plain = size >= END_OF_ZIP && end.getInt(0) == END_OF_ZIP_SIGNATURE && end.getInt(16) >= 0;
            CRC32 sum = new CRC32();
            sum.update(plain ? read(file, end.getInt(16), end.getInt(12)) : Files.readAllBytes(jar.toPath()));
            return (size + " " + sum.getValue()).getBytes(StandardCharsets.UTF_8);
        }
    }

    private static byte[] read(RandomAccessFile file, long from, int bytes) throws IOException {
        byte[] read = new byte[bytes];
        file.seek(from);
        file.readFully(read);
        return read;
    }

    /** A digest to be filled. A copy of one: to look for it takes longer than to fill it with a short text. */
    public static MessageDigest sha256() {
        try {
            return (MessageDigest) EMPTY.clone();
        } catch (CloneNotSupportedException e) {
            return newSha256();
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
