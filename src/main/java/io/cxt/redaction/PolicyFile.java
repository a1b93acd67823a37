package io.cxt.redaction;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cxt.settings.Fingerprint;
import io.cxt.settings.Settings;
import io.cxt.text.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A policy as its file has it. Each problem names the file, the key, the value, and what to write there. */
final class PolicyFile {
    static final String CARD = "card";
    static final String CVV = "cvv";
    private static final String ENDING = ".properties";
    private static final String OWN = "own.";
    private static final String VERSION = "version";
    private static final Set<String> ASPECTS = Set.of("action", "allow", "allow-pattern", "ids");

    private final String file;
    private final Settings settings;
    private final Map<String, String> lines = new TreeMap<>();

    private PolicyFile(String file, Settings settings) {
        this.file = file;
        this.settings = settings;
    }

    /** Reads a policy; problems go to the settings. Null when there is no such file. */
    static @Nullable PolicyFile read(String name, Settings settings) {
        Path folder = folder(settings);
        String inFolder = name + ENDING;
        PolicyFile read = new PolicyFile(
                folder == null
                        ? "config/redaction/" + inFolder
                        : folder.resolve(inFolder).toString(),
                settings);
        Properties properties = new Properties();
        try (InputStream in = folder == null ? shipped(inFolder) : Files.newInputStream(folder.resolve(inFolder))) {
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException e) {
            settings.problem(
                    "redaction.policy is %s, and %s cannot be read (%s). Put the file there, or name one that is: %s"
                            .formatted(
                                    name,
                                    read.file,
                                    e instanceof NoSuchFileException ? "there is none" : String.valueOf(e.getMessage()),
                                    others(folder)));
            return null;
        }
        properties.forEach((key, value) -> read.lines.put((String) key, ((String) value).trim()));
        return read;
    }

    /** Where policies are; null for those in the jar. */
    private static @Nullable Path folder(Settings settings) {
        if (settings.optional("redaction.folder").isPresent()) {
            return settings.path("redaction.folder", "");
        }
        Path installed = Path.of(System.getProperty("cxt.home", ""), "config/redaction");
        return Files.isDirectory(installed) ? installed : null;
    }

    private static InputStream shipped(String name) throws IOException {
        InputStream in = PolicyFile.class.getResourceAsStream("/io/cxt/config/redaction/" + name);
        if (in == null) {
            throw new NoSuchFileException(name);
        }
        return in;
    }

    private static String others(@Nullable Path folder) {
        String[] names = folder == null ? null : folder.toFile().list();
        return names == null
                ? "cards, personal"
                : Arrays.stream(names)
                        .filter(name -> name.endsWith(ENDING))
                        .sorted()
                        .collect(Collectors.joining(", "))
                        .replace(ENDING, "");
    }

    /** Its version; a problem when it has none. */
    String version() {
        String version = lines.getOrDefault(VERSION, "");
        if (!version.matches("[A-Za-z0-9._-]{1,32}")) {
            problem(VERSION, version, "up to 32 of A-Z a-z 0-9 . _ -; raise it with each change");
        }
        return version;
    }

    /** Its rules, those of CXT first. */
    List<Rule> rules(String region, byte @Nullable [] key) {
        Map<String, Finder> finders = new LinkedHashMap<>();
        finders.put("iban", new Ibans()); // first: its digits can be those of a card
        finders.put(CARD, new Cards());
        finders.put(CVV, new CardCodes());
        finders.put("email", new Emails());
        finders.put("phone", new Phones(region));
        Set<String> own = new TreeSet<>();
        lines.keySet().forEach(line -> check(line, finders.keySet(), own));
        for (String prefix : own) {
            Pattern pattern = pattern(prefix + ".pattern");
            if (pattern == null && !lines.containsKey(prefix + ".pattern")) {
                problem(prefix + ".pattern", "", "a pattern of RE2 for what is to be found");
            }
            finders.put(prefix, new OwnPattern(pattern == null ? Pattern.compile("[^\\s\\S]") : pattern));
        }
        List<Rule> rules = new ArrayList<>();
        finders.forEach((prefix, finder) -> {
            if (lines.containsKey(prefix + ".action") || prefix.startsWith(OWN)) {
                rules.add(rule(prefix, finder, key));
            } else if (lines.keySet().stream().anyMatch(line -> line.startsWith(prefix + "."))) {
                problem(prefix + ".action", "", actions());
            }
        });
        if (rules.isEmpty()) {
            problem("card.action", "", "at least one rule with its action; without one nothing is taken out");
        }
        return rules;
    }

    private void check(String line, Set<String> known, Set<String> own) {
        int dot = line.lastIndexOf('.');
        String prefix = dot < 0 ? "" : line.substring(0, dot);
        String aspect = line.substring(dot + 1);
        if (prefix.matches("own\\.[a-z][a-z-]{0,30}") && (ASPECTS.contains(aspect) || aspect.equals("pattern"))) {
            if (known.contains(prefix.substring(OWN.length()))) {
                problem(line, lines.get(line), "another name; CXT has a rule of that name");
            }
            own.add(prefix);
        } else if (!line.equals(VERSION) && !(known.contains(prefix) && ASPECTS.contains(aspect))) {
            Set<String> all = new TreeSet<>(Set.of(VERSION));
            known.forEach(rule -> ASPECTS.forEach(each -> all.add(rule + "." + each)));
            problem(
                    line,
                    lines.get(line),
                    "rules are %s and own.NAME (NAME: a-z and -), each with %s; own.NAME also has pattern.%s"
                            .formatted(
                                    String.join(", ", known),
                                    String.join(", ", new TreeSet<>(ASPECTS)),
                                    " Did you mean " + Nearest.to(line, all) + "?"));
        }
    }

    private Rule rule(String prefix, Finder finder, byte @Nullable [] key) {
        String word = lines.getOrDefault(prefix + ".action", "");
        Rule.Action action = Arrays.stream(Rule.Action.values())
                .filter(each -> each.word.equals(word))
                .findFirst()
                .orElse(null);
        if (action == null) {
            problem(prefix + ".action", word, actions());
        }
        if (action == Rule.Action.KEEP_LAST_4 && prefix.equals(CVV)) {
            problem(prefix + ".action", word, "mask or remove: a code has no more than four digits");
        }
        if (action == Rule.Action.HASH && key == null) {
            problem(prefix + ".action", word, "set redaction.key-file, or use mask, remove or keep-last-4");
        }
        String ids = lines.getOrDefault(prefix + ".ids", "false");
        if (!ids.matches("true|false")) {
            problem(prefix + ".ids", ids, "true or false");
        }
        if (ids.equals("true") && action != Rule.Action.HASH) {
            problem(prefix + ".ids", ids, "only with action hash: with any other, two ids could become one");
        }
        Set<String> allowed = Arrays.stream(
                        lines.getOrDefault(prefix + ".allow", "").split(","))
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .map(finder::plain)
                .collect(Collectors.toUnmodifiableSet());
        return new Rule(
                prefix.startsWith(OWN) ? prefix.substring(OWN.length()) : prefix,
                finder,
                action == null ? Rule.Action.MASK : action,
                ids.equals("true"),
                allowed,
                pattern(prefix + ".allow-pattern"),
                key);
    }

    private @Nullable Pattern pattern(String line) {
        String written = lines.getOrDefault(line, "");
        if (written.isEmpty()) {
            return null;
        }
        try {
            Pattern pattern = Pattern.compile(written);
            if (pattern.matches("")) {
                problem(line, written, "a pattern that does not match the empty text");
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            problem(
                    line,
                    written,
                    "a pattern of RE2 (%s); look-around and back-references are not part of it, and a backslash is written twice"
                            .formatted(e.getDescription()));
            return null;
        }
    }

    private static String actions() {
        return Arrays.stream(Rule.Action.values()).map(action -> action.word).collect(Collectors.joining(", "));
    }

    private void problem(String line, @Nullable String value, String allowed) {
        String is = value == null || value.isEmpty() ? "not set" : value;
        settings.problem("%s: %s is %s; allowed: %s".formatted(file, line, is, allowed));
    }

    /**
     * Identifies what the policy does: 12 hex digits.
     *
     * @param key of hashes; only a hash of it goes in
     */
    String hash(String region, byte @Nullable [] key) {
        var digest = Fingerprint.sha256();
        lines.forEach((line, value) -> {
            if (!line.equals(VERSION)) {
                digest.update((line + "=" + value + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        digest.update(("region=" + region + "\n").getBytes(StandardCharsets.UTF_8));
        if (key != null) {
            digest.update(Fingerprint.sha256().digest(key));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 6);
    }
}
