package io.cxt.json;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats that a source has in spite of its name, told by their first bytes. */
public final class OtherFormat {
    /** What a file begins with, as ISO 8859-1, and what a person is told. */
    private static final String[][] BEGINNINGS = {
        {"PK\3\4", "it looks like a zip archive: unpack it, and drop the files that are inside"},
        {"%PDF-", "it looks like a PDF: export the chats as JSON or CSV"},
        {"\u00D0\u00CF\u0011\u00E0", "it looks like an old Excel or Word file: save it as CSV, and name it .csv"},
        {"BZh", "it looks like bzip2: unpack it, or pack it with gzip"},
        {"\u00FD7zXZ", "it looks like xz: unpack it, or pack it with gzip"},
        {"7z\u00BC\u00AF", "it looks like a 7-Zip archive: unpack it, and drop the files that are inside"},
        {"\u0028\u00B5\u002F\u00FD", "it looks like zstd: unpack it, or pack it with gzip"},
        {"PAR1", "it looks like Parquet: export the chats as JSON or CSV"},
        {"Obj\1", "it looks like Avro: export the chats as JSON or CSV"},
        {"SQLite format 3", "it looks like a database of SQLite: export the chats as JSON or CSV"},
        {"\u00FF\u00FE\0\0", "it looks like UTF-32: save it as UTF-8"},
        {"\0\0\u00FE\u00FF", "it looks like UTF-32: save it as UTF-8"},
        {"{\0\0\0", "it looks like UTF-32: save it as UTF-8"},
        {"\0\0\0{", "it looks like UTF-32: save it as UTF-8"},
    };

    private static final String SHEET = "it looks like an Excel sheet: save it as CSV, and name it .csv";
    private static final String TABLE = "it looks like CSV: name it .csv";
    private static final int MOST_TEXT = 1_024;
    /** So many show whether they are UTF-16. */
    static final int UTF16_BYTES = 64;

    private OtherFormat() {}

    /**
     * What a source looks like, and what to do; null when it may be JSON.
     *
     * @param begin the first byte that is not blank and no byte order mark
     */
    static @Nullable String of(byte[] seen, int begin) {
        String text = new String(seen, begin, Math.min(MOST_TEXT, seen.length - begin), StandardCharsets.ISO_8859_1);
        if (text.startsWith("{\"") || text.startsWith("[{")) {
            return null;
        }
        for (String[] known : BEGINNINGS) {
            if (text.startsWith(known[0])) {
                boolean sheet = known[0].startsWith("PK") && (text.contains("xl/") || text.contains("[Content_Types]"));
                return sheet ? SHEET : known[1];
            }
        }
        if (text.startsWith("<")) {
            return markup(text.toLowerCase(Locale.ROOT));
        }
        return isTable(text) ? TABLE : null;
    }

    /**
     * What a source that is named a table looks like, and what to do; null when it may be one.
     *
     * @param seen its first bytes, 1 KiB or more
     */
    public static @Nullable String thanTable(byte[] seen) {
        int begin = startsWithUtf8Mark(seen) ? 3 : 0;
        while (begin < seen.length && seen[begin] <= ' ' && seen[begin] > 0) {
            begin++;
        }
        String text = new String(seen, begin, Math.min(2, seen.length - begin), StandardCharsets.ISO_8859_1);
        if (text.equals("{\"") || text.equals("[{")) {
            return "it looks like JSON: name it .json";
        }
        String other = of(seen, begin);
        return TABLE.equals(other) ? null : other;
    }

    private static @Nullable String markup(String text) {
        if (text.contains("<html") || text.startsWith("<!doctype html")) {
            return "it looks like a web page (HTML), perhaps of a sign-in or an error: fetch the export again";
        }
        return text.startsWith("<?xml") || text.startsWith("<!") || text.matches("(?s)<[a-z_][\\w:.-]*[\\s/>].*<.*")
                ? "it looks like XML: export the chats as JSON or CSV"
                : null;
    }

    /** True for two rows with as many cells and no brackets, the first of which begins with a name. */
    private static boolean isTable(String text) {
        String[] rows = text.split("\r?\n", 3);
        if (rows.length < 2 || !rows[0].matches("\"?[A-Za-z_][^{\\[]*") || rows[1].matches(".*[{\\[].*")) {
            return false;
        }
        for (char delimiter : new char[] {',', ';', '\t'}) {
            int cells = cells(rows[0], delimiter);
            if (cells > 1 && (rows.length > 2 || rows[1].length() > 0) && cells(rows[1], delimiter) >= cells) {
                return true;
            }
        }
        return false;
    }

    private static int cells(String row, char delimiter) {
        int cells = 1;
        boolean quoted = false;
        for (int i = 0; i < row.length(); i++) {
            quoted ^= row.charAt(i) == '"';
            cells += !quoted && row.charAt(i) == delimiter ? 1 : 0;
        }
        return cells;
    }

    /** {@code UTF-16LE} or {@code UTF-16BE}, by its mark or because every other byte is 0; null for neither. */
    static @Nullable String utf16(byte[] seen) {
        if (startsWithUtf16Mark(seen)) {
            return seen.length > 3 && seen[2] == 0 && seen[3] == 0
                    ? null
                    : seen[0] == (byte) 0xFE ? "UTF-16BE" : "UTF-16LE";
        }
        int units = Math.min(UTF16_BYTES, seen.length) / 2;
        int[] zeros = new int[2];
        for (int i = 0; i < 2 * units; i++) {
            zeros[i % 2] += seen[i] == 0 ? 1 : 0;
        }
        return units < 2 || zeros[0] + zeros[1] != units
                ? null
                : zeros[1] == units ? "UTF-16LE" : zeros[0] == units ? "UTF-16BE" : null;
    }

    static boolean startsWithUtf16Mark(byte[] seen) {
        return seen.length > 1
                && (seen[0] == (byte) 0xFF && seen[1] == (byte) 0xFE
                        || seen[0] == (byte) 0xFE && seen[1] == (byte) 0xFF);
    }

    static boolean startsWithUtf8Mark(byte[] seen) {
        return seen.length > 2 && seen[0] == (byte) 0xEF && seen[1] == (byte) 0xBB && seen[2] == (byte) 0xBF;
    }
}
