package io.cxt.console;

import io.cxt.ops.OpsSettings;
import io.cxt.settings.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the console listens, and who may look at it.
 *
 * @param hosts names of its own that a request may have as {@code Host}, besides loopback and {@code host}; lower case
 * @param proxies addresses of reverse proxies, as Java prints them; empty unless they sign people in
 * @param proxySecret what such a proxy sends to be believed; empty unless they sign people in
 * @param userHeader the header with a person's name
 * @param groupsHeader the header with the groups of a person, separated by commas
 * @param viewers groups whose members are viewers
 * @param operators groups whose members are operators
 * @param text true where the text of a chat can be read, on record
 * @param textReaders groups whose members may, behind a proxy
 * @param zone the zone of the times on the pages
 */
public record ConsoleSettings(
        boolean enabled,
        String host,
        int port,
        Set<String> hosts,
        Set<String> proxies,
        String proxySecret,
        String userHeader,
        String groupsHeader,
        Set<String> viewers,
        Set<String> operators,
        boolean text,
        Set<String> textReaders,
        ZoneId zone) {
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*|[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final int SHORTEST_SECRET = 16;

    /** Reads and checks {@code console.*}; problems stay in the settings. Without a safe sign-in there is a problem. */
    public static ConsoleSettings from(Settings settings) {
        boolean enabled = settings.flag("console.enabled", false);
        String host = settings.optional("console.host").orElse("127.0.0.1");
        boolean byProxy =
                settings.choice("console.sign-in", "token", "token", "proxy").equals("proxy");
        Set<String> proxies = addresses(settings);
        String secret = settings.secret("console.proxy-secret").orElse("");
        if (byProxy && (proxies.isEmpty() || secret.isEmpty())) {
            settings.problem(
                    "console.sign-in is proxy, and nothing tells a proxy from anybody else. Set console.proxies to its"
                            + " addresses, and console.proxy-secret-file to a file with what it sends as "
                            + ProxySignIn.SECRET);
        }
        if (byProxy && !secret.isEmpty() && secret.length() < SHORTEST_SECRET) {
            settings.problem("console.proxy-secret has %s characters; at least %s are needed"
                    .formatted(secret.length(), SHORTEST_SECRET));
        }
        if (!byProxy && !loopback(host)) {
            settings.problem(
                    ("console.host is %s and others can reach it. Set it to 127.0.0.1; or set console.sign-in to proxy, with"
                                    + " console.proxies and console.proxy-secret-file")
                            .formatted(host));
        }
        return new ConsoleSettings(
                enabled,
                host,
                settings.integer("console.port", 9877, 1, 65_535),
                words(settings.optional("console.hosts").orElse("").toLowerCase(Locale.ROOT)),
                byProxy ? proxies : Set.of(),
                byProxy ? secret : "",
                header(settings, "console.user-header", "X-Forwarded-User"),
                header(settings, "console.groups-header", "X-Forwarded-Groups"),
                words(settings.optional("console.viewers").orElse("viewer")),
                words(settings.optional("console.operators").orElse("operator")),
                settings.choice("console.text", "off", "off", "audited").equals("audited"),
                words(settings.optional("console.text-readers").orElse("")),
                zone(settings));
    }

    private static Set<String> addresses(Settings settings) {
        Set<String> addresses = new LinkedHashSet<>();
        for (String address : words(settings.optional("console.proxies").orElse(""))) {
            try {
                if (!ADDRESS.matcher(address).matches()) {
                    throw new UnknownHostException(address);
                }
                addresses.add(InetAddress.getByName(address).getHostAddress());
            } catch (UnknownHostException e) {
                settings.problem("console.proxies has %s; allowed: addresses, separated by commas".formatted(address));
            }
        }
        return addresses;
    }

    private static String header(Settings settings, String name, String fallback) {
        String header = settings.optional(name).orElse(fallback);
        if (!HEADER.matcher(header).matches()) {
            settings.problem("%s is %s, which is not the name of a header".formatted(name, header));
        }
        return header;
    }

    private static ZoneId zone(Settings settings) {
        String zone = settings.optional("console.time-zone").orElse("UTC");
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            settings.problem("console.time-zone is %s; allowed: UTC, or a name such as Europe/Berlin".formatted(zone));
            return ZoneId.of("UTC");
        }
    }

    /** What stands between commas, without blanks around it. */
    static Set<String> words(String list) {
        Set<String> words = new LinkedHashSet<>();
        Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .forEach(words::add);
        return words;
    }

    private static boolean loopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** True when a reverse proxy says who somebody is. */
    boolean byProxy() {
        return !proxies.isEmpty();
    }

    /** Why the console cannot be served there, and what to do; empty when it can. Opens the port for a moment. */
    public Optional<String> fault() {
        return OpsSettings.cannotListen("console.port", "console.host", host, port);
    }

    /** The address for a browser on this machine. */
    String address() {
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** Leaves the secret out: toString ends up in messages and logs. */
    @Override
    public String toString() {
        return "ConsoleSettings[%s]".formatted(address());
    }
}
