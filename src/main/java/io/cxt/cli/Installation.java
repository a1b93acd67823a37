package io.cxt.cli;

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

    Path routes() {
        return home.resolve("routes");
    }

    Path dataFolder() {
        return settings().path("data.dir", "./data");
    }

    /** Stands for routes and configuration in the audit. */
    String fingerprint() {
        return Fingerprint.of(properties.all(), routeFiles());
    }

    private Map<String, byte[]> routeFiles() {
        Map<String, byte[]> files = new TreeMap<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(routes(), "*.camel.yaml")) {
            for (Path file : folder) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + routes(), e);
        }
        return files;
    }
}
