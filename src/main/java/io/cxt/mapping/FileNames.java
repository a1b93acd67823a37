package io.cxt.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Patterns of file names. {@code *} stands for any characters, {@code ?} for one; upper and lower case are the same. */
final class FileNames {
    private final List<String> patterns;
    private final List<Pattern> compiled = new ArrayList<>();

    private FileNames(List<String> patterns) {
        this.patterns = patterns;
        for (String pattern : patterns) {
            StringBuilder regex = new StringBuilder();
            for (char c : pattern.toCharArray()) {
                regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
            }
            compiled.add(Pattern.compile(regex.append("(\\.gz)?").toString(), Pattern.DOTALL));
        }
    }

    /** The patterns in a list with commas between; what is wrong with them goes to the problems. */
    static FileNames of(String list, List<String> problems) {
        List<String> patterns = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            String pattern = part.strip().toLowerCase(Locale.ROOT);
            if (pattern.isEmpty()) {
                problems.add("files has an empty pattern; write for example files = *.csv, *.tsv");
            } else if (pattern.matches(".*[/\\\\\\[\\]{}].*")) {
                problems.add("files has the pattern %s; allowed: the name of a file without folders, with * for any"
                                .formatted(part.strip())
                        + " characters and ? for one");
            } else if (pattern.endsWith(".gz")) {
                problems.add("files has the pattern %s; leave out .gz, packed files are taken by the same pattern"
                        .formatted(part.strip()));
            } else if (pattern.matches("[*?.]*")) {
                problems.add("files has the pattern %s, which takes every file; write at least an ending, like *.csv"
                        .formatted(part.strip()));
            } else {
                patterns.add(pattern);
            }
        }
        return new FileNames(List.copyOf(patterns));
    }

    boolean match(String fileName) {
        return fit(fileName) >= 0;
    }

    /** How many characters of the longest pattern that matches are given; -1 when none matches. */
    int fit(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        int longest = -1;
        for (int i = 0; i < patterns.size(); i++) {
            if (compiled.get(i).matcher(name).matches()) {
                longest = Math.max(longest, (int) patterns.get(i)
                        .chars()
                        .filter(c -> c != '*' && c != '?')
                        .count());
            }
        }
        return longest;
    }

    /** As written, in lower case. */
    List<String> patterns() {
        return patterns;
    }
}
