package io.cxt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a check has found: a line for each as it is found, or one JSON array at the end. */
final class CheckReport {
    private final Output output;
    private final List<Map<String, String>> found = new ArrayList<>();
    private boolean bad;

    CheckReport(Output output) {
        this.output = output;
    }

    /** It works. */
    void good(String what, String detail) {
        say("ok  " + what + (detail.isEmpty() ? "" : " " + detail), what, "ok", detail);
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
            found.add(row);
        } else {
            System.out.println(line);
        }
    }

    boolean foundBad() {
        return bad;
    }

    /** Prints what was collected. */
    void end() {
        if (output == Output.json) {
            System.out.println(Output.json(found));
        }
    }
}
