package io.cxt.console;

import org.jspecify.annotations.Nullable;

/**
 * An answer before it becomes HTML or JSON.
 *
 * @param template its name below {@code src/main/jte}, without the ending
 * @param model what it shows
 * @param command that shows the same on a terminal; null when there is none
 * @param changing the template of the part that is sent again when it changes; null where nothing does
 */
record Page(
        int status,
        String title,
        String template,
        Object model,
        @Nullable String command,
        @Nullable String changing) {

    static Page of(String title, String template, Object model, @Nullable String command) {
        return new Page(200, title, template, model, command, null);
    }

    /** Something that cannot be shown: why, and what to do. */
    static Page problem(int status, String title, String detail, String whatToDo) {
        return new Page(status, title, "problem", new Problem(status, title, detail, whatToDo), null, null);
    }

    /** The same with a part that is sent again when it changes. */
    Page changing(String part) {
        return new Page(status, title, template, model, command, part);
    }
}
