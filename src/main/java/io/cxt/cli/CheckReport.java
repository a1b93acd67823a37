package io.cxt.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a check has found: a line for each, or an element of one JSON array. */
final class CheckReport {
    private final Output output;
    private boolean bad;

    CheckReport(Output output) {
        this.output = output;
    }

    /** It works. */
    void good(String what, String detail) {
        say("ok  " + what + (detail.isEmpty() ? "" : " " + detail), what, "ok", detail);
    }

    /** Something is otherwise than people may think; the text says what to do. */
    void note(String what, String text) {
        say("note " + text, what, "note", text);
    }

    /** It works and is not safe; the text says what to do. */
    void unsafe(String what, String text) {
        say("UNSAFE " + text, what, "unsafe", text);
    }

    /** It does not work; the text says what to do. */
    void bad(String what, String text) {
        bad = true;
        say("BAD " + text, what, "bad", text);
    }

    /** @param fault null when it works */
    void tell(String what, String detail, String fault) {
        if (fault == null) {
            good(what, detail);
        } else {
            bad(what, fault);
        }
    }

    private void say(String line, String what, String state, String detail) {
        if (output == Output.json) {
            Map<String, String> row = new LinkedHashMap<>();
            row.put("what", what);
            row.put("state", state);
            row.put("detail", detail);
            Output.item(row);
        } else {
            System.out.println(line);
        }
    }

    boolean foundBad() {
        return bad;
    }

    /** Nothing more comes. */
    void end() {
        if (output == Output.json) {
            Output.endOfItems();
        }
    }
}
