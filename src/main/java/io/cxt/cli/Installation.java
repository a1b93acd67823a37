package io.cxt.cli;

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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

    /** Sixteen hex digits that change with any route or property. Secrets are left out. */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            properties.all().forEach((name, value) -> {
                if (!name.equals("cxone.client-secret")) {
                    digest.update((name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8));
                }
            });
            for (Map.Entry<Path, byte[]> route : routeFiles().entrySet()) {
                digest.update(route.getKey().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(route.getValue());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Map<Path, byte[]> routeFiles() {
        Map<Path, byte[]> files = new TreeMap<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(routes(), "*.camel.yaml")) {
            for (Path file : folder) {
                files.put(file.getFileName(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + routes(), e);
        }
        return files;
    }
}
