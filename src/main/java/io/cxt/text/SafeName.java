package io.cxt.text;

import io.cxt.files.DurableFiles;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** How long a digest is. */
    public static final int DIGITS = 12;

    /** Hex digits that stand for the bytes: how their SHA-256 begins. */
    public static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** One argument of a command that people copy into a shell. */
    public static String shell(String text) {
        return "'" + log(text).replace("'", "'\\''") + "'";
    }

    /** The text as an argument of a command that is shown: as {@link #shell} has it where a shell needs that. */
    public static String argument(String text) {
        return text.matches("[\\w./+,@%=:-]+") ? text : shell(text);
    }

    /** The value of a pair in a log line: as {@link #log} has it, in quotes where it could be taken for more pairs. */
    public static String value(String text) {
        String safe = log(text);
        return safe.isEmpty() || safe.indexOf(' ') >= 0 || safe.indexOf('=') >= 0 ? '"' + safe + '"' : safe;
    }

    /**
     * The text without anything that could forge a log line, leave its quotes or steer a terminal, as
     * {@link SafeText#escaped} has it; at most about 200 characters.
     */
    public static String log(String text) {
        return SafeText.escaped(text, LONGEST_IN_LOG);
    }

    /**
     * The name of a source as the ledger keeps it: as given, at most 200 characters. NUL and half characters, which no
     * database takes, are escapes. Not fit for a log line: there, {@link #value} shows it.
     */
    public static String kept(String name) {
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < name.length() && kept.length() < LONGEST_IN_LOG; ) {
            int c = name.codePointAt(i);
            if (c == 0 || Character.getType(c) == Character.SURROGATE) {
                kept.append(SafeText.escape((char) c));
            } else {
                kept.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return kept.toString();
    }

    /** The same as ledgers have it that were written before names were kept as given: whatever is not ASCII, escaped. */
    public static String keptFormerly(String name) {
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < name.length() && kept.length() < LONGEST_IN_LOG; i++) {
            char c = name.charAt(i);
            kept.append(c >= ' ' && c < 0x7f && c != '\\' && c != '"' ? String.valueOf(c) : SafeText.escape(c));
        }
        return kept.toString();
    }

    /**
     * How something that a person asks for may stand in the ledger: as given, without blanks around it, composed or
     * decomposed, as it is shown, as it was kept formerly; the place in a source, {@code chats.json#7}, likewise.
     */
    public static Set<String> spellings(String asked) {
        Set<String> spellings = new LinkedHashSet<>();
        for (String text : List.of(asked, asked.strip(), unescaped(asked.strip()))) {
            for (String form :
                    List.of(text, Normalizer.normalize(text, Form.NFC), Normalizer.normalize(text, Form.NFD))) {
                int name = PLACE.matcher(form).replaceFirst("").length();
                spellings.add(form);
                spellings.add(kept(form.substring(0, name)) + form.substring(name));
                spellings.add(keptFormerly(form.substring(0, name)) + form.substring(name));
            }
        }
        spellings.remove("");
        return spellings;
    }

    private static final Pattern PLACE = Pattern.compile("#\\d+$");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

    private static String unescaped(String shown) {
        return ESCAPE.matcher(shown)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(escape.group(1)))));
    }
}
