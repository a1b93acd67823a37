package io.cxt.cli;

import io.cxt.intake.Selection;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which chats of the files a command is about, in place of {@code pickup.file.select-*}. */
final class SelectOptions {
    private static final String PROPERTY = "pickup.file.select-";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only chats whose first message is at or after TIME: 2026-11-22, 2026-11-22T10.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only chats whose first message is before TIME.")
    private @Nullable String until;

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            description = "Only so many of all chats, by a hash of their ids: each time the same. Like 1%%.")
    private @Nullable String sample;

    @Option(
            names = "--label",
            paramLabel = "TEXT",
            description = "What the run is called in report and audit, and in the custom field that keeps it.")
    private @Nullable String label;

    /** The properties that the options stand for. */
    Map<String, String> given(@Nullable String limit) {
        Map<String, String> given = given(since, until, limit, sample, label);
        selection(given);
        return given;
    }

    /** The properties that these options stand for, as they were given. */
    static Map<String, String> given(
            @Nullable String since,
            @Nullable String until,
            @Nullable String limit,
            @Nullable String sample,
            @Nullable String label) {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "since", since);
        put(given, "until", until);
        put(given, "limit", limit);
        put(given, "sample", sample);
        put(given, "label", label);
        return given;
    }

    /** What these properties select. @throws CommandRefused when one of them is not allowed */
    static Selection selection(Map<String, String> given) {
        Settings options = new Settings(given::get);
        Selection selection = Selection.of("file", options);
        try {
            options.check();
            return selection;
        } catch (InvalidSettingsException e) {
            throw new CommandRefused(Exit.USAGE, String.valueOf(e.getMessage()).replace(PROPERTY, "--"));
        }
    }

    private static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null) {
            given.put(PROPERTY + name, value);
        }
    }
}
