package io.cxt.mapping;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How chats stand in a text, as patterns that each match a whole line. The patterns are RE2's: none can take longer than
 * its line is long.
 *
 * @param lines those of a message, of which the first that matches is taken; their named groups are what a template sees
 * @param begin that of a line with which a chat begins, or null when a file is one chat
 * @param skip that of a line to leave out, or null
 */
record TextForm(
        List<Pattern> lines,
        @Nullable Pattern begin,
        @Nullable Pattern skip,
        Charset charset) implements ForeignChats.Form {

    /** The first word of the keys of further patterns. */
    private static final String LINE = "line";

    private static final String TEXT = "text";

    /** Most patterns end so. The text is then what stands behind the rest of the pattern, and is not gone through. */
    private static final String TEXT_IS_REST = "(?P<text>.*)";

    /** An empty group in the place of that end. */
    private static final String REST = "cxtrest";

    static Set<String> keys() {
        return Set.of(LINE, "line.2", "line.3", "line.4", "begin", "skip", "charset");
    }

    static TextForm read(MappingFile file) {
        List<Pattern> lines = new ArrayList<>();
        file.required(
                LINE,
                "a pattern of a message's line with named groups, for example (?<time>.{16}) (?<by>[^:]+): (?<text>.*)");
        for (String key : List.of(LINE, "line.2", "line.3", "line.4")) {
            Pattern pattern = pattern(file, key);
            if (pattern != null) {
                lines.add(pattern);
                if (!pattern.namedGroups().containsKey(TEXT)
                        && !pattern.namedGroups().containsKey(REST)) {
                    file.problem(
                            "%s has no group (?<text>…); further lines of a message are added to it".formatted(key));
                }
            }
        }
        return new TextForm(lines, pattern(file, "begin"), pattern(file, "skip"), charset(file));
    }

    private static @Nullable Pattern pattern(MappingFile file, String key) {
        String written = file.optional(key).orElse(null);
        if (written == null) {
            return null;
        }
        try {
            String re2 = written.replaceAll("\\(\\?<(?=[A-Za-z])", "(?P<");
            boolean textIsRest = re2.endsWith(TEXT_IS_REST) && !hasAlternatives(re2);
            return Pattern.compile(
                    textIsRest ? re2.substring(0, re2.length() - TEXT_IS_REST.length()) + "(?P<" + REST + ">)" : re2);
        } catch (PatternSyntaxException e) {
            file.problem("%s is no pattern of RE2: %s. Look-around and back-references are not part of it"
                    .formatted(key, e.getDescription()));
            return null;
        }
    }

    /** True when the pattern as a whole is one of several, as far as that can be seen without reading it as RE2 does. */
    private static boolean hasAlternatives(String pattern) {
        int depth = 0;
        boolean found = false;
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            i += c == '\\' ? 1 : 0;
            inClass = c == '[' || inClass && c != ']';
            depth += inClass ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
            found |= c == '|' && depth <= 0;
        }
        return found;
    }

    private static Charset charset(MappingFile file) {
        String name = file.optional("charset").orElse("utf-8");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            file.problem("charset is %s, which is not known; for example utf-8 or windows-1252".formatted(name));
            return StandardCharsets.UTF_8;
        }
    }

    @Override
    public ForeignChats open(RereadableSource content, String fileName, ReadingOptions options) throws IOException {
        return new TextChats(content.open(), this, options.maxRecordBytes());
    }

    /** The groups of the first pattern that matches the line; null when none does. */
    @Nullable
    Map<String, String> message(String line) {
        for (Pattern pattern : lines) {
            Map<String, String> groups = groups(pattern, line);
            if (groups != null) {
                return groups;
            }
        }
        return null;
    }

    /** The groups of a line with which a chat begins; null when it is none. */
    @Nullable
    Map<String, String> head(String line) {
        return begin == null ? null : groups(begin, line);
    }

    boolean skips(String line) {
        return skip != null && skip.matcher(plain(line)).matches();
    }

    private static @Nullable Map<String, String> groups(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(plain(line));
        boolean rest = pattern.namedGroups().containsKey(REST);
        if (rest ? !matcher.lookingAt() : !matcher.matches()) {
            return null;
        }
        Map<String, String> groups = new LinkedHashMap<>();
        pattern.namedGroups().forEach((name, number) -> {
            if (name.equals(REST)) {
                groups.put(TEXT, line.substring(matcher.end()));
            } else if (matcher.start(number) >= 0) {
                groups.put(name, line.substring(matcher.start(number), matcher.end(number)));
            }
        });
        return groups;
    }

    /** The line with every kind of blank as a plain one, so that a pattern finds it; as long as before. */
    private static String plain(String line) {
        return line.replace('\u00a0', ' ').replace('\u202f', ' ').replace('\u2009', ' ');
    }
}
