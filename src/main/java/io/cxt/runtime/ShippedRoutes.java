package io.cxt.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Knows the routes that ship, and whether a folder's routes, from reading a source to the look-up in the ledger, are those. */
final class ShippedRoutes {
    private static final Set<String> WAY =
            Set.of("read-transcripts.camel.yaml", "prepare-transcript.camel.yaml", "deliver-part.camel.yaml");

    private ShippedRoutes() {}

    /** @param handTo where read-transcripts hands on to; null when nothing says so */
    static boolean lead(Path routes, @Nullable String handTo) {
        if (!"prepare-transcript".equals(handTo)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(routes, "*.camel.yaml")) {
            for (Path file : files) {
                if (RouteTrial.isLinkToNothing(file)) {
                    continue;
                }
                byte[] text = Files.readAllBytes(file);
                String name = file.getFileName().toString();
                if (WAY.contains(name) ? !asShipped(name, text) : intercepts(text)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + routes, e);
        }
    }

    /** True for the id of a route that ships. */
    static boolean has(String id) {
        return ShippedRoutes.class.getResource("/io/cxt/routes/" + id + ".camel.yaml") != null;
    }

    private static boolean asShipped(String name, byte[] text) throws IOException {
        try (InputStream shipped = ShippedRoutes.class.getResourceAsStream("/io/cxt/routes/" + name)) {
            return shipped != null && Arrays.equals(shipped.readAllBytes(), text);
        }
    }

    /** Camel lets one file put steps before the steps of another. */
    private static boolean intercepts(byte[] text) {
        return new String(text, StandardCharsets.UTF_8).contains("intercept");
    }
}
