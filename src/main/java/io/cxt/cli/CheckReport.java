package io.cxt.cli;

import org.jspecify.annotations.Nullable;

/** The findings of a check: each a line, or an element of one JSON array. */
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

    /** Something may surprise; the text says what to do. */
    void note(String what, String text) {
        say("note " + text, what, "note", text);
    }

    /** It works but is not safe; the text says what to do. */
    void unsafe(String what, String text) {
        say("UNSAFE " + text, what, "unsafe", text);
    }

    /** It does not work; the text says what to do. */
    void bad(String what, String text) {
        bad = true;
        say("BAD " + text, what, "bad", text);
    }

    /** @param fault null when it works */
    void tell(String what, String detail, @Nullable String fault) {
        if (fault == null) {
            good(what, detail);
        } else {
            bad(what, fault);
        }
    }

    private record Row(String what, String state, String detail) {}

    private void say(String line, String what, String state, String detail) {
        if (output == Output.json) {
            Output.item(new Row(what, state, detail));
        } else {
            System.out.println(line);
        }
    }

    boolean foundBad() {
        return bad;
    }

    /** Ends the report. */
    void end() {
        if (output == Output.json) {
            Output.endOfItems();
        }
    }
}
