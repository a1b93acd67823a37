package io.cxt.ops;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the {@code Host} of a request whether a page may have led a browser here by DNS rebinding: its own name, which
 * anyone can register, then resolves to an address of ours.
 */
public final class HostHeader {
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-f:.%]+]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /** Top-level names that nobody can register: RFC 6761, RFC 6762, ICANN's internal one, and Kubernetes'. */
    private static final Set<String> INSIDE = Set.of("localhost", "local", "internal", "svc");

    private HostHeader() {}

    /**
     * True for an address, a name without dots, a name that nobody can register, and our own; also without a header, which
     * every browser sends.
     *
     * @param header as received, or null
     * @param own the name that this server has, or null
     */
    public static boolean isOurs(@Nullable String header, @Nullable String own) {
        if (header == null) {
            return true;
        }
        String name = PORT.matcher(header.toLowerCase(Locale.ROOT)).replaceFirst("");
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        return name.indexOf('.') < 0 && name.indexOf('[') < 0
                || ADDRESS.matcher(name).matches()
                || INSIDE.contains(name.substring(name.lastIndexOf('.') + 1))
                || name.equalsIgnoreCase(own);
    }
}
