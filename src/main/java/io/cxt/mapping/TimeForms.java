package io.cxt.mapping;

import io.cxt.mapping.Times.NoTimeException;
import io.cxt.transcript.Rfc3339;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The forms of times that exports use most, and which of them some values have. */
final class TimeForms {
    private static final List<String> EPOCHS = List.of("epoch-seconds", "epoch-millis", "epoch-micros");

    private static final List<String> PATTERNS = Stream.of(
                    "yyyy-MM-dd",
                    "dd.MM.yyyy",
                    "dd.MM.yy",
                    "dd/MM/yyyy",
                    "MM/dd/yyyy",
                    "d/M/yy",
                    "M/d/yy",
                    "yyyy/MM/dd")
            .flatMap(date -> Stream.of(" ", ", ", "'T'").flatMap(between -> Stream.of(
                            "HH:mm:ss", "HH:mm", "HH:mm:ss.SSS", "h:mm a", "h:mm:ss a", "HH:mm:ssXXX", "HH:mm:ssX")
                    .map(time -> date + between + time)))
            .toList();

    private TimeForms() {}

    /**
     * The values of {@code timestamp} by which every one of these is a time. Several when it does not show which of two
     * numbers is the month.
     */
    static List<String> of(Collection<String> values) {
        if (values.isEmpty()) {
            return List.of();
        }
        List<String> forms = new ArrayList<>();
        if (values.stream().allMatch(value -> Rfc3339.parse(value.strip()).isPresent())) {
            return List.of("rfc3339");
        }
        for (String epoch : EPOCHS) {
            Times times = Times.read(MappingFile.of(Map.of("timestamp", epoch)));
            if (values.stream()
                    .allMatch(
                            value -> isCount(value) && reads(times, value) && times.otherUnit(value.strip()) == null)) {
                return List.of(epoch);
            }
        }
        for (String pattern : PATTERNS) {
            Map<String, String> said = pattern.endsWith("X")
                    ? Map.of("timestamp", "pattern " + pattern)
                    : Map.of("timestamp", "pattern " + pattern, "timestamp.zone", "UTC");
            Times times = Times.read(MappingFile.of(said));
            if (values.stream().allMatch(value -> reads(times, value))) {
                forms.add("pattern " + pattern);
            }
        }
        return forms;
    }

    /** True for a number that is no day of the first years, and no id of a few digits. */
    private static boolean isCount(String value) {
        return value.strip().matches("[0-9]{9,}([.][0-9]+)?");
    }

    private static boolean reads(Times times, String value) {
        try {
            return !times.rfc3339(value.strip()).isEmpty();
        } catch (NoTimeException e) {
            return false;
        }
    }

    /** Lines of a mapping file for values that have one of these forms. */
    static List<String> lines(List<String> forms) {
        if (forms.isEmpty()) {
            return List.of("# How times are written: see rows.properties.", "#timestamp = ");
        }
        List<String> lines = new ArrayList<>();
        if (forms.size() > 1) {
            lines.add("# It does not show which number is the month. This could also be:");
            forms.subList(1, forms.size()).forEach(form -> lines.add("#timestamp = " + form));
        }
        lines.add("timestamp = " + forms.get(0));
        boolean zone = forms.get(0).startsWith("pattern") && !forms.get(0).endsWith("X");
        lines.addAll(
                zone ? Arrays.asList("# The zone is never guessed: correct it.", "timestamp.zone = UTC") : List.of());
        return lines;
    }
}
