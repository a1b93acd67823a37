package io.cxt.cli;

import io.cxt.mapping.Mappings;
import io.cxt.runtime.Engine;
import io.cxt.settings.Fingerprint;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The installation of this cxt: its configuration, routes and mappings. */
record Installation(Path home, PropertyFile properties) {
    private static final String ROUTES = "*.camel.yaml";

    /** The one in the folder that the system property {@code cxt.home} names, which bin/cxt sets; by default the current one. */
    static Installation find() {
        return find(Map.of());
    }

    /** @param given settings that win over all others */
    static Installation find(Map<String, String> given) {
        Path home = Path.of(System.getProperty("cxt.home", "")).toAbsolutePath();
        if (!Files.isDirectory(home)) {
            throw new InvalidSettingsException(
                    List.of("CXT_HOME is %s, which is not a folder. Set it to one with config/ and routes/, or unset it"
                            .formatted(home)));
        }
        Path config = home.resolve("config/application.properties");
        try {
            return new Installation(
                    home,
                    PropertyFile.read(
                            config,
                            PropertyFile.shipped(),
                            System.getenv(),
                            given,
                            text(files(home.resolve("routes"), ROUTES))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + config, e);
        }
    }

    /** Every property with its shipped value. */
    static Map<String, String> shipped() {
        Map<String, String> shipped = new TreeMap<>();
        Properties reference = PropertyFile.shipped();
        reference.stringPropertyNames().forEach(name -> shipped.put(name, reference.getProperty(name)));
        return shipped;
    }

    private static String text(Map<String, byte[]> files) {
        return files.values().stream()
                .map(file -> new String(file, StandardCharsets.UTF_8))
                .collect(Collectors.joining("\n"));
    }

    /** @param once as {@link Engine} has it */
    Engine engine(boolean once) {
        return new Engine(properties, routes(), mappings(), fingerprint(), once);
    }

    Settings settings() {
        return new Settings(properties::get);
    }

    Path routes() {
        return home.resolve("routes");
    }

    /**
     * The mappings in {@code config/mappings}; the shipped ones when there is no such folder.
     */
    Mappings mappings() {
        try {
            return Files.isDirectory(mappingFolder()) ? Mappings.load(mappingFolder()) : Mappings.shipped();
        } catch (UncheckedIOException e) {
            throw new InvalidSettingsException(List.of(FailureMessage.inWords(e)));
        }
    }

    private Path mappingFolder() {
        return home.resolve("config/mappings");
    }

    /** What would run now, without secrets: the fingerprint, and SHA-256 of the settings and of each route and mapping. */
    Map<String, Object> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        configured()
                .forEach((name, content) -> hashes.put(
                        name, HexFormat.of().formatHex(Fingerprint.sha256().digest(content))));
        return Map.of("config", fingerprint(), "settings", Fingerprint.of(properties.readable()), "files", hashes);
    }

    private Map<String, byte[]> configured() {
        Map<String, byte[]> files = files(routes(), ROUTES);
        if (Files.isDirectory(mappingFolder())) {
            files.putAll(files(mappingFolder(), "*.{properties,jslt}"));
        }
        Path policies = home.resolve("config/redaction");
        if (Files.isDirectory(policies)) {
            files(policies, "*.properties").forEach((name, text) -> files.put("redaction/" + name, text));
        }
        return files;
    }

    /** Identifies routes, mappings, configuration and program in the audit trail. */
    String fingerprint() {
        Map<String, byte[]> files = configured();
        Path logging = Path.of(System.getProperty("logback.configurationFile", "config/logback.xml"));
        try {
            if (Files.isRegularFile(home.resolve(logging))) {
                files.put("logback.xml", Files.readAllBytes(home.resolve(logging)));
            }
            files.putAll(Fingerprint.program(System.getenv()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the program for its fingerprint", e);
        }
        return Fingerprint.of(properties.readable(), files);
    }

    private static Map<String, byte[]> files(Path in, String names) {
        Map<String, byte[]> files = new TreeMap<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(in, names)) {
            for (Path file : folder) {
                if (Files.isDirectory(file)) {
                    throw new InvalidSettingsException(
                            List.of("%s is a folder with the name of a file that CXT reads. Give it another name"
                                    .formatted(file)));
                }
                if (!Files.isSymbolicLink(file) || Files.exists(file)) { // an editor's lock is a link to nothing
                    files.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            boolean denied = e instanceof AccessDeniedException;
            throw new InvalidSettingsException(
                    List.of(
                            "Cannot read the files in %s: %s"
                                    .formatted(
                                            in,
                                            denied
                                                    ? "the user who runs cxt has no right to read %s. Run: chmod u+r, or chown"
                                                            .formatted(((AccessDeniedException) e).getFile())
                                                    : "there is no such folder. Put it back, or set CXT_HOME to the folder that has it")));
        }
        return files;
    }
}
