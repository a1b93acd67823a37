package io.cxt.archive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Makes what a sender wrote fit for a file name or a log line, whatever it is. */
public final class SafeName {
    private static final int LONGEST_FILE_NAME = 100;
    private static final int LONGEST_IN_LOG = 200;

    private SafeName() {}

    /**
     * A file name of letters, digits, dot, dash and underscore, at most 100 long, that does not begin with dot or
     * dash. A text that had to be changed ends in a tilde and a digest of itself, so that two texts never share a
     * name: no other name holds a tilde. Upper and lower case stay as they are; where a file system takes them for
     * the same, {@link DurableFiles#keep} keeps both.
     */
    public static String file(String text) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < text.length() && name.length() < LONGEST_FILE_NAME; i++) {
            char c = text.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
            name.append(plain || i > 0 && (c == '.' || c == '-') ? c : '_');
        }
        if (name.toString().equals(text) && !text.isEmpty()) {
            return text;
        }
        name.setLength(Math.min(name.length(), LONGEST_FILE_NAME - 13));
        return (name.isEmpty() ? "_" : name) + "~" + digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Twelve hex digits that stand for the bytes. */
    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** One argument of a command that people copy into a shell. */
    public static String shell(String text) {
        return "'" + log(text).replace("'", "'\\''") + "'";
    }

    /** The value of a pair in a log line: as {@link #log} has it, in quotes where it could be taken for more pairs. */
    public static String value(String text) {
        return quoted(log(text));
    }

    /** The same of a text that is made safe for logs already. */
    public static String quoted(String safe) {
        return safe.isEmpty() || safe.indexOf(' ') >= 0 || safe.indexOf('=') >= 0 ? '"' + safe + '"' : safe;
    }

    /**
     * The text without anything that could forge a log line, leave its quotes or steer a terminal; at most 200
     * characters.
     */
    public static String log(String text) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && safe.length() < LONGEST_IN_LOG; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '\\' && c != '"') {
                safe.append(c);
            } else {
                safe.append("\\u%04x".formatted((int) c));
            }
        }
        return safe.toString();
    }
}
