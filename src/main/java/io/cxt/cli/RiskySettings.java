package io.cxt.cli;

import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds settings that work but are not safe: each in a line that says what to do and repeats no secret. */
final class RiskySettings {
    private static final Pattern PASSWORD =
            Pattern.compile("(?i)[?&;](password|passwd|pwd|sslpassword|passphrase)=[^&;]|//[^/?@]*:[^/?@]+@");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[?::1]?|127(\\.\\d{1,3}){3}");

    private final Map<String, String> properties;
    private final List<String> found = new ArrayList<>();

    private RiskySettings(Map<String, String> properties) {
        this.properties = properties;
    }

    /**
     * @param properties every property with its value
     * @param home the folder that holds {@code config/} and {@code routes/}
     */
    static List<String> in(Map<String, String> properties, Path home) throws IOException {
        RiskySettings unsafe = new RiskySettings(new TreeMap<>(properties));
        unsafe.secrets(home.resolve("config/application.properties"));
        unsafe.addresses();
        unsafe.folders();
        unsafe.program(home);
        return unsafe.found;
    }

    private String value(String name) {
        String value = properties.get(name);
        return value == null ? "" : value.strip();
    }

    private void secrets(Path config) throws IOException {
        for (String name : properties.keySet()) {
            boolean secret =
                    name.endsWith("-secret-file") || name.endsWith("password-file") || name.endsWith("key-file");
            if (secret && !value(name).isEmpty() && may(Path.of(value(name)), "---r--r--")) {
                found.add("%1$s: others than its owner can read %2$s. Run: chmod 600 %2$s"
                        .formatted(name, shown(Path.of(value(name)))));
            }
        }
        if (Files.isReadable(config)) {
            Set<String> twice = new TreeSet<>();
            Properties given = new Properties() {
                private static final long serialVersionUID = 1L;

                @Override
                public synchronized Object put(Object name, Object value) {
                    Object before = super.put(name, value);
                    if (before != null && !before.equals(value)) {
                        twice.add(name.toString());
                    }
                    return before;
                }
            };
            try (Reader reader = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
                given.load(reader);
            }
            for (String name : twice) {
                found.add("%s is in %s twice, with two values, and the last one counts. Remove the other"
                        .formatted(SafeName.log(name), shown(config)));
            }
            String secret = given.getProperty("cxone.client-secret", "").strip();
            if (!secret.isEmpty() && !secret.startsWith("{{")) {
                found.add(
                        "cxone.client-secret is in %s. Set CXONE_CLIENT_SECRET in the environment instead, or name a file in cxone.client-secret-file"
                                .formatted(shown(config)));
            }
        }
    }

    private void addresses() {
        for (String name : properties.keySet()) {
            if (name.endsWith("-url") || name.endsWith(".url")) {
                if (PASSWORD.matcher(value(name)).find()) {
                    found.add("%s holds a password, which ends up in process lists and messages. Use %s instead"
                            .formatted(name, name.replaceFirst("[-.][a-z]*-?url$", "") + passwordFile(name)));
                }
            }
        }
        if (!value("ledger.unverified-hosts").isEmpty()) {
            found.add(
                    "ledger.unverified-hosts: anyone who answers for %s gets the password and what is sent there. Use sslmode=verify-full instead"
                            .formatted(SafeName.log(value("ledger.unverified-hosts"))));
        }
        if (value("cxone.base-url").startsWith("http:")) {
            found.add("cxone.base-url is http, which is only for a stand-in on this machine. Use https for CXone");
        }
        if (value("pickup.jms.allow-clear").equals("true")) {
            found.add("pickup.jms.allow-clear is true: chats may arrive unencrypted. Use TLS and set it to false");
        }
        if (value("pickup.sftp.enabled").equals("true")
                && value("pickup.sftp.after").equals("keep")) {
            found.add(
                    "pickup.sftp.after is keep: no .cxt-owner guards the folder, and two ledgers that read it send everything twice. Let only one cxt read it, or several on one PostgreSQL");
        }
        if (value("pickup.sftp.enabled").equals("true")
                && !value("pickup.sftp.extra-algorithms").isEmpty()) {
            found.add(
                    "pickup.sftp.extra-algorithms offers the SFTP server %s: someone on the network path may read what is fetched. Have its owner update it, then remove them"
                            .formatted(SafeName.log(value("pickup.sftp.extra-algorithms"))));
        }
        String host = value("ops.host");
        if (!value("ops.enabled").equals("false") && !host.isEmpty() && !loopback(host)) {
            found.add(
                    "ops.host is %s: anyone who reaches the port reads health and metrics. Set it to 127.0.0.1, or put a proxy with a password in front of it"
                            .formatted(SafeName.log(host)));
        }
    }

    private static String passwordFile(String name) {
        return name.equals("audit.feed-url") ? ".feed-password-file" : ".password-file";
    }

    private static boolean loopback(String host) {
        return LOOPBACK.matcher(host.replaceFirst(":\\d+$", "")).matches();
    }

    private void folders() throws IOException {
        for (String name : List.of("data.dir", "archive.folder", "audit.checkpoint-folder")) {
            if (!value(name).isEmpty() && may(Path.of(value(name)), "---rwxrwx")) {
                found.add("%1$s: others than its owner can access %2$s. Run: chmod 700 %2$s"
                        .formatted(name, shown(Path.of(value(name)))));
            }
        }
        String inbox = value("pickup.file.folder");
        if (!inbox.isEmpty() && may(Path.of(inbox), "-------w-")) {
            found.add("pickup.file.folder: anyone on this machine can drop chats into %1$s. Run: chmod o-w %1$s"
                    .formatted(shown(Path.of(inbox))));
        }
    }

    /** Anyone who can change routes or configuration can run anything as the user of cxt. */
    private void program(Path home) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String folder : List.of("routes", "config", "config/mappings", "lib", "bin")) {
            Path path = home.resolve(folder);
            if (Files.isDirectory(path)) {
                paths.add(path);
                try (Stream<Path> files = Files.list(path)) {
                    files.filter(Files::isRegularFile).forEach(paths::add);
                }
            }
        }
        for (Path path : paths) {
            if (may(path, "-------w-")) {
                found.add("anyone on this machine can change %1$s and thereby what cxt does. Run: chmod o-w %1$s"
                        .formatted(shown(path)));
            }
        }
    }

    /** True when the path is there and grants any of the permissions. */
    private static boolean may(Path path, String any) throws IOException {
        if (!Files.exists(path) || !Files.getFileStore(path).supportsFileAttributeView("posix")) {
            return false;
        }
        Set<PosixFilePermission> granted = Files.getPosixFilePermissions(path);
        return PosixFilePermissions.fromString(any).stream().anyMatch(granted::contains);
    }

    private static String shown(Path path) {
        return SafeName.log(path.toAbsolutePath().normalize().toString());
    }
}
