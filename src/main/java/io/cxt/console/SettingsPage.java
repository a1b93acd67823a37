package io.cxt.console;

import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every property with its value, where that comes from, and what the reference says of it. */
public record SettingsPage(PropertyFile properties) {
    private static final Pattern NAME = Pattern.compile("(?m)^([a-z][a-z0-9.-]*) =");
    private static final Pattern ADDRESS = Pattern.compile("(?s)^([a-z][a-z0-9+.:-]*:)//.*[@?;].*");

    /**
     * One property.
     *
     * @param value as it is in force; of a secret, and of a property that is not ours, only whether it is set
     * @param origin the file, a name in the environment, an option of Java, or {@code default}
     * @param words what it does, from the reference; empty for a property that is not ours
     */
    public record Setting(String name, String value, String origin, String fallback, String words) {}

    /** The page. */
    public record All(List<Setting> settings) {}

    Page get(Asked asked) {
        Properties reference = PropertyFile.shipped();
        Map<String, String> words = words();
        List<Setting> settings = new ArrayList<>();
        properties
                .readable()
                .forEach((name, value) -> settings.add(new Setting(
                        name,
                        shown(name, Objects.requireNonNullElse(value, ""), reference.containsKey(name)),
                        properties.origin(name),
                        reference.getProperty(name, "").strip(),
                        words.getOrDefault(name, ""))));
        return Page.of("Settings", "settings", new All(settings), "cxt check");
    }

    /** What may be seen of a value: addresses can hold a password, and nobody knows what a site's own property holds. */
    private static String shown(String name, String value, boolean ours) {
        if (value.isEmpty()) {
            return "";
        }
        if (!ours || Settings.isSecret(name)) {
            return "set, not shown";
        }
        Matcher address = ADDRESS.matcher(value);
        return address.matches() ? address.group(1) + "//…" : value;
    }

    private static Map<String, String> words() {
        Map<String, String> words = new HashMap<>();
        for (String block : text().split("\n\n")) {
            Matcher name = NAME.matcher(block);
            String said = "";
            while (name.find()) {
                said = said.isEmpty() ? said(block.substring(0, name.start())) : said;
                words.put(name.group(1), said);
            }
        }
        return words;
    }

    private static String said(String comment) {
        return comment.replaceAll("(?m)^# ?", "")
                .replaceAll("(?m)^-.*$", "")
                .replace('\n', ' ')
                .strip();
    }

    private static String text() {
        try (InputStream in = PropertyFile.class.getResourceAsStream("/io/cxt/config/application.properties")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the settings in the jar of cxt", e);
        }
    }
}
