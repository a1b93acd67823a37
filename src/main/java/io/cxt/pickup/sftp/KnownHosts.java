package io.cxt.pickup.sftp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A known-hosts file, as OpenSSH reads it: the lines that our SSH library does not understand. */
record KnownHosts(Path file) {
    private static final int SSH = 22;

    /** The first line for a host that is not understood, and why; null when there is none or the file cannot be read. */
    @Nullable
    String notTaken(String host, int port) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
        String name = host.toLowerCase(Locale.ROOT);
        List<String> names = port == SSH ? List.of(name) : List.of("[" + name + "]:" + port, name);
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).strip().split("\\s+");
            boolean marked = fields[0].startsWith("@");
            boolean authority = fields[0].equals("@cert-authority");
            if (fields[0].startsWith("#") || marked && (!authority || fields.length < 2)) {
                continue;
            }
            String hosts = fields[marked ? 1 : 0].toLowerCase(Locale.ROOT);
            boolean pattern = hosts.indexOf('*') >= 0 || hosts.indexOf('?') >= 0 || hosts.indexOf('!') >= 0;
            if ((authority || pattern) && names.stream().anyMatch(each -> matches(hosts, each))) {
                return "Line %s, %s, is not taken: CXT knows %s"
                        .formatted(
                                i + 1,
                                (authority ? "@cert-authority " : "") + hosts.replaceAll("[^ -~]", "?"),
                                authority
                                        ? "keys of hosts, and none that sign for others"
                                        : "names of hosts, also hashed, and no patterns (* ? !)");
            }
        }
        return null;
    }

    /** As in OpenSSH: a pattern has to match, and none with an exclamation mark. */
    private static boolean matches(String patterns, String name) {
        return each(patterns).anyMatch(pattern -> like(pattern, name))
                && each(patterns).noneMatch(pattern -> pattern.startsWith("!") && like(pattern.substring(1), name));
    }

    private static Stream<String> each(String patterns) {
        return Arrays.stream(patterns.split(","));
    }

    private static boolean like(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return name.matches(regex.toString());
    }
}
