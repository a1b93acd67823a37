package io.cxt.settings;

import io.cxt.text.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Tells which names were meant for CXT and are no property: in a file, in the environment, among Java's options. A name
 * that a value or a route refers to is a site's own.
 *
 * @param all the properties that there are, a site's own included
 * @param own true for a name that something refers to
 */
record KnownNames(Set<String> all, Predicate<String> own) {
    /** Before a property's name in the environment: nothing else has such names. */
    static final String PREFIX = "CXT_";

    /** What {@code bin/cxt} reads or sets. */
    private static final Set<String> OF_SCRIPTS = Set.of("CXT_HOME", "CXT_CACHE", "CXT_COMMAND");

    /** First words that no other software has. */
    private static final Set<String> OURS = Set.of("cxone", "pickup", "transcript");
    /** First words that other software has as well: in the environment a name is meant for CXT only when it is nearly one. */
    private static final Set<String> COMMON = Set.of("data", "ledger", "audit", "archive", "ops");
    /** They are so short that names of other software are near. */
    private static final Set<String> SHORT = Set.of("data", "ops");

    /** What Kubernetes and the links of Docker put there for a service that is called like an area. */
    private static final Pattern OF_SERVICES =
            Pattern.compile(".*_(SERVICE_(HOST|PORT(_.*)?)|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?|ENV_.*)");

    private static final Pattern VALUE_OF_SERVICES = Pattern.compile("(tcp|udp|sctp)://.*|/[^/]+/[^/]+");

    /** In a property file: a name with one of our first words, or with one that is nearly so. */
    List<String> problemsIn(String where, Set<String> names) {
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            String area = area(form(name));
            boolean certain = OURS.contains(area) || COMMON.contains(area) || area.equals("cxt");
            if (!all.contains(name) && !own.test(name)) {
                (certain ? Optional.of(nearest(form(name))) : nearly(form(name)))
                        .ifPresent(nearest -> problems.add(
                                "%s: there is no property %s. The nearest is %s".formatted(where, name, nearest)));
            }
        }
        return problems;
    }

    /** Among Java's system properties, of which some that begin with {@code cxt.} are none of these settings. */
    List<String> problemsInOptions(Set<String> names) {
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            String area = area(bare(form(name)));
            boolean other = name.startsWith("cxt.") && !OURS.contains(area) && !COMMON.contains(area);
            if (!all.contains(name) && !own.test(name) && !other) {
                meant(form(name))
                        .ifPresent(nearest -> problems.add(
                                "-D%s: there is no property %1$s. The nearest is %s".formatted(name, nearest)));
            }
        }
        return problems;
    }

    /** In the environment, names and values. */
    List<String> problemsIn(Map<String, String> environment) {
        List<String> problems = new ArrayList<>();
        Set<String> twins = twins();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (twins.contains(name)) {
                quotes(name, value, "Docker's --env-file, for one, keeps them. ")
                        .ifPresent(problems::add);
            } else if (!OF_SCRIPTS.contains(name) && !ofService(name, value) && !own.test("env:" + name)) {
                meant(form(name)).ifPresent(nearest -> problems.add(unknown(name, nearest)));
            }
        });
        return problems;
    }

    /**
     * In the environment of a host, where all names have {@link #PREFIX}.
     *
     * @param relaxed true where also a name without the {@code _} in the place of {@code -} is found
     */
    List<String> problemsInHost(Map<String, String> environment, boolean relaxed) {
        Set<String> twins = twins();
        Set<String> compact = new TreeSet<>();
        twins.forEach(twin -> compact.add(twin.replace("_", "")));
        List<String> problems = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            boolean known = twins.contains(name) || relaxed && compact.contains(name.replace("_", ""));
            if (name.startsWith(PREFIX) && !known && !OF_SCRIPTS.contains(name) && !ofService(name, value)) {
                problems.add(unknown(name, nearest(form(name))));
            }
        });
        return problems;
    }

    private static String unknown(String name, String nearest) {
        String rest = form(name.substring(name.indexOf('_') + 1));
        boolean prefixed = name.startsWith(PREFIX) || OURS.contains(area(rest));
        return ("environment: %s is no setting of CXT. The nearest is %s. Correct it; or remove it, or give it another name,"
                        + " where it is another program's")
                .formatted(name, (prefixed ? PREFIX : "") + Settings.environmentName(nearest));
    }

    /** A problem when the value stands in quotes, which nothing takes away. */
    static Optional<String> quotes(String name, String value, String why) {
        String text = value.strip();
        boolean quoted = text.length() > 1
                && (text.startsWith("\"") && text.endsWith("\"") || text.startsWith("'") && text.endsWith("'"));
        return quoted
                ? Optional.of("%s: the value stands in quotes, which would be part of it. %sLeave them out"
                        .formatted(name, why))
                : Optional.empty();
    }

    /** True for what stands for a service: where one is called ops, Kubernetes has the address of it in OPS_PORT. */
    static boolean ofService(String name, String value) {
        return OF_SERVICES.matcher(name).matches()
                || (name.endsWith("_PORT") || name.endsWith("_NAME"))
                        && VALUE_OF_SERVICES.matcher(value).matches();
    }

    /** Each name in the environment that sets a property. */
    private Set<String> twins() {
        Set<String> twins = new TreeSet<>();
        for (String property : all) {
            twins.add(Settings.environmentName(property));
            twins.add(PREFIX + Settings.environmentName(property));
        }
        return twins;
    }

    /** The property that a name outside of our files was meant to be; empty when it was meant for others. */
    private Optional<String> meant(String form) {
        String area = area(form);
        if (area.equals("cxt") || OURS.contains(area)) {
            return Optional.of(nearest(form));
        }
        return COMMON.contains(area) ? near(form, Math.max(1, form.length() / 6), "") : nearly(form);
    }

    /** For a first word that is none of ours. */
    private Optional<String> nearly(String form) {
        int most = (form.length() - 4) / 6;
        return near(form, most, "")
                .filter(property -> !SHORT.contains(area(property)))
                .or(() -> near(form, 1, "cxt.").filter(property -> OURS.contains(area(property))));
    }

    /** The nearest of ours with at most so many edits. One with another digit is another one on purpose. */
    private Optional<String> near(String form, int most, String before) {
        return all.stream()
                .filter(property -> OURS.contains(area(property)) || COMMON.contains(area(property)))
                .filter(property -> Nearest.edits(form, before + form(property), most) <= most)
                .filter(property -> digits(form).equals(digits(property)))
                .min(Comparator.comparingInt(property -> Nearest.edits(form, before + form(property), most)));
    }

    private static String digits(String name) {
        return name.replaceAll("[^0-9]", "");
    }

    /** The nearest at all; of the same area where there is such an area. */
    private String nearest(String form) {
        String bare = bare(form);
        Map<String, String> forms = new TreeMap<>();
        all.forEach(property -> forms.put(form(property), property));
        Set<String> ofArea = new TreeSet<>(forms.keySet());
        ofArea.removeIf(property -> !area(property).equals(area(bare)));
        return forms.get(Nearest.to(bare, ofArea.isEmpty() ? forms.keySet() : ofArea));
    }

    private static String bare(String form) {
        return form.startsWith("cxt.") ? form.substring(4) : form;
    }

    /** One form for names of properties and of the environment. */
    private static String form(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
    }

    /** The first of several words; empty for a single one. */
    private static String area(String form) {
        return form.substring(0, Math.max(0, form.indexOf('.')));
    }
}
