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
 * Finds names that were meant for CXT but are not properties: in a file, in the environment, among Java's options. A name that
 * a value or a route refers to belongs to the site.
 */
final class KnownNames {
    /** Prefix of a property's name in the environment; no other software uses it. */
    static final String PREFIX = "CXT_";

    /** What {@code bin/cxt} reads or sets. */
    private static final Set<String> OF_SCRIPTS = Set.of("CXT_HOME", "CXT_CACHE", "CXT_COMMAND");

    /** First words that no other software uses. */
    private static final Set<String> OURS = Set.of("cxone", "pickup", "transcript");
    /** First words that other software uses, too: in the environment, only a name close to a property is meant for CXT. */
    private static final Set<String> COMMON =
            Set.of("data", "ledger", "audit", "archive", "ops", "console", "redaction");
    /** So short that names of other software are close. */
    private static final Set<String> SHORT = Set.of("data", "ops");

    /** Set by Kubernetes and by Docker links for a service that has the name of an area. */
    private static final Pattern OF_SERVICES =
            Pattern.compile(".*_(SERVICE_(HOST|PORT(_.*)?)|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?|ENV_.*)");

    private static final Pattern VALUE_OF_SERVICES = Pattern.compile("(tcp|udp|sctp)://.*|/[^/]+/[^/]+");

    private final Set<String> all;
    private final Predicate<String> own;
    /** Each property whose first word is one of these, with its {@link #form}. */
    private final Map<String, String> forms = new TreeMap<>();

    /**
     * @param all every property, including the site's own
     * @param own true for a name that something refers to; asked only for names that no property has
     */
    KnownNames(Set<String> all, Predicate<String> own) {
        this.all = all;
        this.own = own;
        for (String property : all) {
            if (OURS.contains(area(property)) || COMMON.contains(area(property))) {
                forms.put(property, form(property));
            }
        }
    }

    /** In a property file: names whose first word is one of ours, or close to one. */
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

    /** Among Java's system properties; some that begin with {@code cxt.} are not settings. */
    List<String> problemsInOptions(Set<String> names) {
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            String area = area(bare(form(name)));
            boolean other = name.startsWith("cxt.") && !OURS.contains(area) && !COMMON.contains(area);
            if (!all.contains(name) && !other) {
                meant(form(name))
                        .filter(nearest -> !own.test(name))
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
            } else if (!OF_SCRIPTS.contains(name) && !ofService(name, value)) {
                meant(form(name))
                        .filter(nearest -> !own.test("env:" + name))
                        .ifPresent(nearest -> problems.add(unknown(name, nearest)));
            }
        });
        return problems;
    }

    /**
     * In the environment of a host, where all names have {@link #PREFIX}.
     *
     * @param relaxed true if the host also finds names without the {@code _} that stands for {@code -}
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

    /** A problem if the value is in quotes, which would be part of it. */
    static Optional<String> quotes(String name, String value, String why) {
        String text = value.strip();
        boolean quoted = text.length() > 1
                && (text.startsWith("\"") && text.endsWith("\"") || text.startsWith("'") && text.endsWith("'"));
        return quoted
                ? Optional.of(
                        "%s: the value is in quotes, which would be part of it. %sRemove them".formatted(name, why))
                : Optional.empty();
    }

    /** True for the address of a service: if one is named ops, Kubernetes sets OPS_PORT. */
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

    /** The property that a name outside our files was meant to be; empty if it was meant for other software. */
    private Optional<String> meant(String form) {
        String area = area(form);
        if (area.equals("cxt") || OURS.contains(area)) {
            return Optional.of(nearest(form));
        }
        return COMMON.contains(area) ? near(form, Math.max(1, form.length() / 6), "") : nearly(form);
    }

    /** For a first word that is not one of ours. */
    private Optional<String> nearly(String form) {
        int most = (form.length() - 4) / 6;
        return near(form, most, "")
                .filter(property -> !SHORT.contains(area(property)))
                .or(() -> near(form, 1, "cxt.").filter(property -> OURS.contains(area(property))));
    }

    /** The closest property within so many edits. A different digit is taken as intended. */
    private Optional<String> near(String form, int most, String before) {
        int length = form.length() - before.length();
        return forms.keySet().stream()
                .filter(property -> Math.abs(property.length() - length) <= most)
                .filter(property -> Nearest.edits(form, before + forms.get(property), most) <= most)
                .filter(property -> digits(form).equals(digits(property)))
                .min(Comparator.comparingInt(property -> Nearest.edits(form, before + forms.get(property), most)));
    }

    private static String digits(String name) {
        return name.replaceAll("[^0-9]", "");
    }

    /** The closest property; of the same area if there is one. */
    private String nearest(String form) {
        String bare = bare(form);
        Map<String, String> forms = new TreeMap<>();
        all.forEach(property -> forms.put(form(property), property));
        Set<String> ofArea = new TreeSet<>(forms.keySet());
        ofArea.removeIf(property -> !area(property).equals(area(bare)));
        String found = Nearest.to(bare, ofArea.isEmpty() ? forms.keySet() : ofArea);
        return forms.getOrDefault(found, found);
    }

    private static String bare(String form) {
        return form.startsWith("cxt.") ? form.substring(4) : form;
    }

    /** A common form for names of properties and of the environment. */
    private static String form(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
    }

    /** The first of several words; empty for a single one. */
    private static String area(String form) {
        return form.substring(0, Math.max(0, form.indexOf('.')));
    }
}
