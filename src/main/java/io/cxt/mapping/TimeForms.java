package io.cxt.mapping;

import io.cxt.mapping.Times.NoTimeException;
import io.cxt.transcript.Rfc3339;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The forms of times that exports use most, and which of them some values have. */
final class TimeForms {
    private static final List<String> EPOCHS = List.of("epoch-seconds", "epoch-millis", "epoch-micros");

    private static final String PATTERN = "pattern ";

    /** What all of the patterns have. */
    private static final Pattern DATE_AND_TIME = Pattern.compile("\\s*\\d+[-./]\\d+[-./]\\d+\\D+\\d+:\\d\\d.*");

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
     * The values of {@code timestamp} by which most of these are times: more than half, and by no other form more of them.
     * Several when it does not show which of two numbers is the month.
     */
    static List<String> of(Collection<String> values) {
        int misses = (values.size() - 1) / 2; // as many as a form may have
        List<String> forms = new ArrayList<>();
        for (Map.Entry<String, Predicate<String>> form : forms(values).entrySet()) {
            int missed = misses(values, form.getValue(), misses);
            if (missed <= misses && !values.isEmpty()) {
                if (missed < misses) {
                    forms.clear();
                }
                misses = missed;
                forms.add(form.getKey());
            }
        }
        return forms.isEmpty() || forms.get(0).startsWith(PATTERN) ? forms : forms.subList(0, 1);
    }

    /** Each form that is looked for, in that order, with how it shows that a value has it. */
    private static Map<String, Predicate<String>> forms(Collection<String> values) {
        Map<String, Predicate<String>> forms = new LinkedHashMap<>();
        forms.put("rfc3339", value -> Rfc3339.parse(value.strip()).isPresent());
        for (String epoch : EPOCHS) {
            Times times = Times.read(MappingFile.of(Map.of("timestamp", epoch)));
            forms.put(epoch, value -> isCount(value) && reads(times, value) && times.otherUnit(value.strip()) == null);
        }
        if (values.stream()
                                .filter(value -> DATE_AND_TIME.matcher(value).matches())
                                .count()
                        * 2
                <= values.size()) {
            return forms; // of a long column of text, each pattern would be tried on each value
        }
        for (String pattern : PATTERNS) {
            Map<String, String> said = pattern.endsWith("X")
                    ? Map.of("timestamp", PATTERN + pattern)
                    : Map.of("timestamp", PATTERN + pattern, "timestamp.zone", "UTC");
            Times times = Times.read(MappingFile.of(said));
            forms.put(PATTERN + pattern, value -> DATE_AND_TIME.matcher(value).matches() && reads(times, value));
        }
        return forms;
    }

    /** How many have not the form; not counted further than one more than the most. */
    private static int misses(Collection<String> values, Predicate<String> form, int most) {
        int misses = 0;
        for (String value : values) {
            misses += form.test(value) ? 0 : 1;
            if (misses > most) {
                break;
            }
        }
        return misses;
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

    /** Lines of a mapping file for what stands in the place of times. */
    static List<String> lines(Collection<String> values) {
        List<String> forms = of(values);
        if (forms.isEmpty()) {
            return List.of("# How times are written: see rows.properties.", "#timestamp = ");
        }
        List<String> lines = new ArrayList<>();
        int misses = misses(values, Objects.requireNonNull(forms(values).get(forms.get(0))), values.size());
        if (misses > 0) {
            lines.add("# Of %s values that were looked at, %s cannot be read so. cxt map try says which."
                    .formatted(values.size(), misses));
        }
        if (forms.size() > 1) {
            lines.add("# It does not show which number is the month. This could also be:");
            forms.subList(1, forms.size()).forEach(form -> lines.add("#timestamp = " + form));
        }
        lines.add("timestamp = " + forms.get(0));
        boolean zone = forms.get(0).startsWith(PATTERN) && !forms.get(0).endsWith("X");
        lines.addAll(
                zone ? Arrays.asList("# The zone is never guessed: correct it.", "timestamp.zone = UTC") : List.of());
        return lines;
    }
}
