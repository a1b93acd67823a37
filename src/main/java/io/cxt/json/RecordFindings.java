package io.cxt.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with, or odd about, one record while it is read: knows the place, and finds words that hold
 * nothing of the sender's but field names.
 */
final class RecordFindings {

    /** Most findings of one record. A person looks at the first few; a hostile record could have millions. */
    static final int MAX_FINDINGS = 1_000;

    /** Most field names in the note about dropped fields. */
    static final int MAX_DROPPED = 10;

    /** What a field is called. All else is not shown: addresses, numbers of phones and cards, and sentences are text. */
    private static final Pattern NAME = Pattern.compile("(?!.*\\d{5})(?!(?:.*\\d){7})[a-zA-Z_$][\\w$-]{0,39}");

    private List<Finding> findings = List.of();
    private Set<String> dropped = Set.of();
    private boolean leapSecond;

    // The place: where the record begins, the message's index or -1, and its field that holds a party or null.
    private long firstLine;
    private int firstColumn;
    private int message;
    private @Nullable String party;

    /**
     * Begins a new record.
     *
     * @param line the line of the source on which it begins, from 1
     * @param column the column in which it begins, from 1
     */
    void begin(long line, int column) {
        findings = List.of();
        dropped = Set.of();
        leapSecond = false;
        firstLine = line;
        firstColumn = column;
        message = -1;
        party = null;
    }

    /** From now on it is about this message; -1 for none. */
    void inMessage(int index) {
        message = index;
    }

    /** From now on it is about the party in this field; null for none. */
    void inParty(@Nullable String field) {
        party = field;
    }

    void leapSecond() {
        leapSecond = true;
    }

    /** The value just reached has the wrong type. */
    void wrongType(JsonParser json, @Nullable String field, String wanted) {
        add(Reason.JSON_TYPE, json, field, "must be %s, not %s".formatted(wanted, kind(json.currentToken())));
    }

    void twice(JsonParser json, String field) {
        String message = "the field %s is given twice, perhaps once in another spelling".formatted(field);
        add(Reason.JSON_DUPLICATE_KEY, json, field, message);
    }

    /** @param perhaps fields that are not given */
    void unknown(JsonParser json, String field, Set<String> perhaps) {
        String meant = isName(field) ? MisspeltField.meant(field, perhaps) : null;
        String what = isName(field)
                ? "the field %s is not known".formatted(field)
                        + (meant == null ? "" : "; did you mean %s?".formatted(meant))
                : "a field is not known whose name of %s characters is not shown, for it may be text"
                        .formatted(field.length());
        add(Reason.JSON_UNKNOWN_FIELD, json, field, what);
    }

    /** A field is missing, and another would have been left out that may be the same. */
    void misspelt(Reason rule, JsonParser json, String field, String meant) {
        if (isName(field)) {
            add(
                    rule,
                    json,
                    meant,
                    "is missing, and the field %s is not known; did you mean %s?".formatted(field, meant));
        }
    }

    /** Notes a field that was left out, by its place without the message's index. */
    void dropped(String field) {
        if (dropped.isEmpty()) {
            dropped = new LinkedHashSet<>();
        }
        if (dropped.size() < MAX_DROPPED) {
            dropped.add((message < 0 ? "" : "/messages") + (party == null ? "" : "/" + party) + step(field));
        }
    }

    /** A finding about the value or field just reached; a null field means the thing itself that we are in. */
    void add(Reason rule, JsonParser json, @Nullable String field, String what) {
        if (!full()) {
            String pointer = (message < 0 ? "" : "/messages/" + message)
                    + (party == null ? "" : "/" + party)
                    + (field == null ? "" : step(field));
            add(new Finding(rule, firstLine + json.currentTokenLocation().getLineNr() - 1, pointer, what));
        }
    }

    /** A finding about the text itself, which has no pointer but a line and a column. */
    void add(Reason rule, JsonLocation at, String what) {
        long line = firstLine + at.getLineNr() - 1;
        int column = at.getColumnNr() + (at.getLineNr() == 1 ? firstColumn - 1 : 0);
        add(new Finding(rule, line, "", "%s at line %s, column %s".formatted(what, line, column)));
    }

    /** True when no more findings are taken. */
    boolean full() {
        return findings.size() >= MAX_FINDINGS;
    }

    void add(Finding finding) {
        if (findings.isEmpty()) {
            findings = new ArrayList<>();
        }
        findings.add(finding);
    }

    List<Finding> findings() {
        return findings;
    }

    List<String> notes() {
        if (!leapSecond && dropped.isEmpty()) {
            return List.of();
        }
        List<String> notes = new ArrayList<>();
        if (leapSecond) {
            notes.add("leap-second");
        }
        if (!dropped.isEmpty()) {
            notes.add("unknown-fields-dropped:" + String.join(",", dropped));
        }
        return notes;
    }

    /** One step of an RFC 6901 JSON Pointer. */
    private static String step(String field) {
        return "/" + (isName(field) ? field : "?");
    }

    /** False for what a sender's form or fault made a field's name of, such as a whole chat. */
    private static boolean isName(String field) {
        return NAME.matcher(field).matches();
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_NULL -> "null";
            default -> "a boolean";
        };
    }
}
