package io.cxt.embed;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts {@code cxt} before every name in a route file that a host could also use: ids of routes and steps, names of
 * {@code direct:} endpoints, properties. Line numbers stay the same, so that messages name the right line.
 */
final class Prefix {
    private static final Pattern ID = Pattern.compile("(?m)^(\\s*(?:- )?(?:id|routeConfigurationId): )(\\S+)$");
    /** A property whose value is the name of a route. */
    private static final String HAND_TO = "\\{\\{pickup\\.hand-to}}";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z0-9.-]+)}}");

    private final Pattern direct;
    private final Set<String> properties;

    /**
     * @param routes the ids of all routes, which are also the names of their {@code direct:} endpoints
     * @param properties the names of all properties of CXT
     */
    Prefix(Collection<String> routes, Set<String> properties) {
        String anyRoute = routes.stream().map(Pattern::quote).collect(Collectors.joining("|", "(", ")"));
        this.direct = Pattern.compile("(?m)(^\\s*name: \"?|direct:)(" + anyRoute + "|" + HAND_TO + ")(?=\"?$)");
        this.properties = properties;
    }

    /** The file as it is loaded into a host. */
    String into(String yaml) {
        String named = ID.matcher(yaml)
                .replaceAll(id -> Matcher.quoteReplacement(
                        id.group(1) + "cxt-" + id.group(2).replace(",", ",cxt-")));
        named = direct.matcher(named).replaceAll("$1cxt-$2");
        return PLACEHOLDER
                .matcher(named)
                .replaceAll(found -> Matcher.quoteReplacement(
                        properties.contains(found.group(1)) ? "{{cxt." + found.group(1) + "}}" : found.group()));
    }
}
