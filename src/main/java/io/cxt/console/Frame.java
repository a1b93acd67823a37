package io.cxt.console;

import io.cxt.console.Person.Role;
import io.cxt.text.SafeText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is around each page.
 *
 * @param path of the page, without its query
 * @param menu the pages that the person may see
 * @param person null before the sign-in
 * @param signsOut true where the console keeps the session
 * @param orders true where this person may order something: in a console of a run, an operator
 * @param readsText true where this person may read the text of chats
 * @param command that shows the same on a terminal; null when there is none
 * @param updates the address of the stream with what changes on the page; null where nothing does
 * @param zone of the times
 */
public record Frame(
        String title,
        String path,
        List<Entry> menu,
        @Nullable String person,
        @Nullable String role,
        boolean signsOut,
        boolean orders,
        boolean readsText,
        @Nullable String command,
        @Nullable String updates,
        ZoneId zone) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final Pattern UTC =
            Pattern.compile("\\b\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z\\b");
    private static final int LONGEST = 600;

    /** A page in the menu. */
    public record Entry(String title, String path) {}

    /** True for one who may look at all pages. */
    public boolean operator() {
        return Role.operator.name().equals(role);
    }

    /** A time in the zone of the pages; empty for null. */
    public String time(@Nullable String utc) {
        return utc == null ? "" : TIME.format(Instant.parse(utc).atZone(zone));
    }

    /** A sentence of ours with its times in the zone of the pages, as all others on them are. */
    public String sentence(@Nullable String ours) {
        return ours == null ? "" : UTC.matcher(ours).replaceAll(utc -> time(utc.group()));
    }

    /** What others wrote: nothing in it steers the browser or turns the direction of text. The template escapes markup. */
    public String text(@Nullable Object foreign) {
        return foreign == null ? "" : SafeText.escaped(foreign.toString(), LONGEST);
    }

    /** The lines of a chat's text, all of each. */
    public List<String> lines(String text) {
        return text.lines().map(line -> SafeText.readable(line)).toList();
    }
}
