package io.cxt.cli;

import io.cxt.mapping.Mappings;
import io.cxt.settings.Fingerprint;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Where this cxt is installed: its configuration and its routes. */
final class Installation {
    private final Path home;
    private final PropertyFile properties;

    private Installation(Path home, PropertyFile properties) {
        this.home = home;
        this.properties = properties;
    }

    /** The folder named by the system property {@code cxt.home}, which bin/cxt sets; else the current one. */
    static Installation find() {
        return find(System.getenv());
    }

    /** With other values than the environment's. */
    static Installation find(Map<String, String> environment) {
        Path home = Path.of(System.getProperty("cxt.home", "")).toAbsolutePath();
        try (InputStream in = Installation.class.getResourceAsStream("/io/cxt/config/application.properties")) {
            Properties reference = new Properties();
            reference.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return new Installation(
                    home, PropertyFile.read(home.resolve("config/application.properties"), reference, environment));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read config/application.properties in " + home, e);
        }
    }

    PropertyFile properties() {
        return properties;
    }

    Settings settings() {
        return new Settings(properties::get);
    }

    Path home() {
        return home;
    }

    Path routes() {
        return home.resolve("routes");
    }

    /**
     * How other formats are read: as the files in {@code config/mappings} say, or those that ship when there is no such
     * folder.
     */
    Mappings mappings() {
        return Files.isDirectory(mappingFolder()) ? Mappings.load(mappingFolder()) : Mappings.shipped();
    }

    private Path mappingFolder() {
        return home.resolve("config/mappings");
    }

    /** Stands for routes, mappings, configuration and program in the audit. */
    String fingerprint() {
        Map<String, byte[]> files = files(routes(), "*.camel.yaml");
        if (Files.isDirectory(mappingFolder())) {
            files.putAll(files(mappingFolder(), "*.{properties,jslt}"));
        }
        Path logging = Path.of(System.getProperty("logback.configurationFile", "config/logback.xml"));
        try {
            if (Files.isRegularFile(home.resolve(logging))) {
                files.put("logback.xml", Files.readAllBytes(home.resolve(logging)));
            }
            files.putAll(Fingerprint.program(System.getenv()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the program for its fingerprint", e);
        }
        return Fingerprint.of(properties.all(), files);
    }

    private static Map<String, byte[]> files(Path in, String names) {
        Map<String, byte[]> files = new TreeMap<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(in, names)) {
            for (Path file : folder) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the files in " + in, e);
        }
        return files;
    }
}
