package io.cxt.redaction;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Policies for tests, from lines as their files have them. */
final class PolicyTexts {
    static final String KEY = "0123456789abcdef0123456789abcdef";

    private PolicyTexts() {}

    static Redaction shipped(String name) {
        return read(Map.of(
                "redaction.policy", name, "redaction.folder", "config/redaction", "redaction.phone.region", "US"));
    }

    static Redaction of(Path folder, String... lines) {
        try {
            Files.write(folder.resolve("test.properties"), List.of(lines));
            Path key = folder.resolve("key");
            if (!Files.exists(key)) {
                Files.writeString(key, KEY);
                key.toFile().setReadable(false, false);
                key.toFile().setReadable(true, true);
            }
            return read(Map.of(
                    "redaction.policy",
                    "test",
                    "redaction.folder",
                    folder.toString(),
                    "redaction.key-file",
                    key.toString(),
                    "redaction.phone.region",
                    "US"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws InvalidSettingsException with all problems */
    static Redaction read(Map<String, String> values) {
        Settings settings = new Settings(new HashMap<>(values)::get);
        Redaction redaction = Redaction.from(settings);
        settings.check();
        return redaction;
    }
}
