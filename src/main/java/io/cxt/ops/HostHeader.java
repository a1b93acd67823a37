package io.cxt.ops;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells by the {@code Host} of a request whether a browser can have been led here: a page's own name that suddenly stands
 * for an address of ours (DNS rebinding) is a name that anybody can register.
 */
public final class HostHeader {
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-f:.%]+]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /** Last words of names that nobody can register: RFC 6761, RFC 6762, ICANN's for inside, and Kubernetes'. */
    private static final Set<String> INSIDE = Set.of("localhost", "local", "internal", "svc");

    private HostHeader() {}

    /**
     * True for an address, a name of one word, one that nobody can register, and our own; and where there is none, which
     * no browser does.
     *
     * @param header as received, or null
     * @param own the name that this server is set to
     */
    public static boolean isOurs(String header, String own) {
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
