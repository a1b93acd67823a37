package io.cxt.pickup.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.OpenSshd;
import io.cxt.fixture.SftpSite;
import io.cxt.fixture.SshKey;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.keyboard.PromptEntry;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.auth.password.PasswordChangeRequiredException;
import org.apache.sshd.server.session.ServerSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code check --connect} says of servers as they are. */
class SftpFaultsIT {

    @TempDir
    Path there;

    @TempDir
    Path keys;

    private SftpSite site;
    private final Map<String, String> given = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        site = SftpSite.start(there);
        Files.createDirectory(there.resolve("drop"));
        given.put("pickup.sftp.enabled", "true");
        given.put("pickup.sftp.host", "127.0.0.1");
        given.put("pickup.sftp.port", Integer.toString(site.port()));
        given.put("pickup.sftp.username", SftpSite.USER);
        given.put(
                "pickup.sftp.password-file",
                secret("password", SftpSite.PASSWORD).toString());
        given.put(
                "pickup.sftp.known-hosts-file",
                site.hostKey()
                        .writeKnownHost(keys.resolve("known_hosts"), site.port())
                        .toString());
        given.put("pickup.sftp.folder", "drop");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
    }

    private Path secret(String name, String content) throws IOException {
        Path file = Files.createFile(
                keys.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private String fault() {
        Settings settings = new Settings(given::get);
        SftpSettings sftp = SftpSettings.from(settings);
        settings.check();
        return new SftpFaults(sftp).fault();
    }

    private String fault(Consumer<SshServer> as) throws IOException {
        site.restartAs(as);
        return fault();
    }

    private static void old(SshServer server) {
        server.setKeyExchangeFactories(NamedFactory.setUpTransformedFactories(
                false,
                List.of(BuiltinDHFactories.fromFactoryName("diffie-hellman-group14-sha1")),
                ServerBuilder.DH2KEX));
    }

    @Test
    @Tag("fault-115")
    void a_server_without_a_common_algorithm_is_told_with_what_it_offers_and_the_option_that_helps() throws Exception {
        assertThat(fault(SftpFaultsIT::old))
                .contains("have no key exchange in common", "diffie-hellman-group14-sha1")
                .contains("pickup.sftp.extra-algorithms = diffie-hellman-group14-sha1, which is weak");
        given.put("pickup.sftp.extra-algorithms", "diffie-hellman-group14-sha1");
        assertThat(fault()).isNull();

        assertThat(fault(server -> server.setCipherFactoriesNames("aes128-cbc")))
                .contains("have no cipher in common. It offers aes128-cbc")
                .contains("pickup.sftp.extra-algorithms = diffie-hellman-group14-sha1,aes128-cbc");
        given.put("pickup.sftp.extra-algorithms", "diffie-hellman-group14-sha1, aes128-cbc");
        assertThat(fault()).isNull();

        given.put("pickup.sftp.extra-algorithms", "ssh-rsa,none,sha1,nonsense");
        assertThat(problems())
                .anyMatch(each -> each.contains("has none;"))
                .anyMatch(each -> each.contains("has sha1;"))
                .anyMatch(each -> each.contains("has nonsense;"))
                .noneMatch(each -> each.contains("has ssh-rsa;"));
    }

    @Test
    @Tag("fault-115")
    void a_server_that_shows_ssh_rsa_alone_works_with_the_option() throws Exception {
        SshKey rsa = SshKey.makeRsa();
        Files.delete(keys.resolve("known_hosts"));
        rsa.writeKnownHost(keys.resolve("known_hosts"), site.port());
        Consumer<SshServer> as = server -> {
            server.setKeyPairProvider(KeyPairProvider.wrap(rsa.pair()));
            server.setSignatureFactoriesNames("ssh-rsa");
        };
        assertThat(fault(as))
                .contains("have no kind of host key in common. It offers ssh-rsa")
                .contains("pickup.sftp.extra-algorithms = ssh-rsa, which is weak");
        given.put("pickup.sftp.extra-algorithms", "ssh-rsa");
        assertThat(fault()).isNull();
    }

    private List<String> problems() {
        Settings settings = new Settings(given::get);
        SftpSettings.from(settings);
        try {
            settings.check();
            return List.of();
        } catch (InvalidSettingsException e) {
            return e.getMessage().lines().toList();
        }
    }

    /** Asks what it is told to, and takes the password for the first. */
    private static void asks(SshServer server, String... prompts) {
        server.setUserAuthFactories(List.of(UserAuthKeyboardInteractiveFactory.INSTANCE));
        server.setKeyboardInteractiveAuthenticator(new KeyboardInteractiveAuthenticator() {
            @Override
            public InteractiveChallenge generateChallenge(
                    ServerSession session, String username, String lang, String subMethods) {
                InteractiveChallenge challenge = new InteractiveChallenge();
                challenge.setInteractionName("");
                challenge.setInteractionInstruction("");
                for (String prompt : prompts) {
                    challenge.addPrompt(new PromptEntry(prompt, false));
                }
                return challenge;
            }

            @Override
            public boolean authenticate(ServerSession session, String username, List<String> responses) {
                return responses.size() == 1 && responses.get(0).equals(SftpSite.PASSWORD);
            }
        });
    }

    @Test
    @Tag("fault-115")
    void a_password_is_given_where_it_is_asked_for_and_what_else_is_asked_is_named() throws Exception {
        assertThat(fault(server -> asks(server, "Password: "))).isNull();
        assertThat(fault(server -> asks(server, "Passwort: "))).isNull();
        assertThat(fault(server -> asks(server, "Password: ", "Verification code: ")))
                .contains("asks \"Password:  Verification code:\"", "a second factor")
                .doesNotContain(SftpSite.PASSWORD);
        assertThat(fault(server -> server.setPasswordAuthenticator((user, password, session) -> {
                    throw new PasswordChangeRequiredException("expired", "Choose another", "en");
                })))
                .contains("asks for a new password: the old one has expired");
        assertThat(fault(server -> server.setPasswordAuthenticator((user, password, session) -> false)))
                .contains("refuses the sign-in of cxt (it takes ", "ask whether the account is locked");
        assertThat(fault(server -> {
                    server.setPasswordAuthenticator((user, password, session) -> false);
                    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, 1);
                }))
                .contains("breaks off the connection of cxt (SSH reason 2)", "too many tries");
        assertThat(fault(server -> server.setSubsystemFactories(List.of()))).contains("lets cxt in, and gives no SFTP");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 400 Bad Request\\r\\n\\r\\n | is a web server, and does not speak SSH
            220 ftp.example.com ready\\r\\n    | speaks FTP or SMTP
            ''                               | closes the connection before a word
            """)
    @Tag("fault-115")
    void what_answers_and_is_no_ssh_server_is_named(String greeting, String named) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(server, greeting));
            answering.setDaemon(true);
            answering.start();
            given.put("pickup.sftp.port", Integer.toString(server.getLocalPort()));

            assertThat(fault()).contains(named);
        }
    }

    private static void answer(ServerSocket server, String greeting) {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    OutputStream out = client.getOutputStream()) {
                out.write(greeting.translateEscapes().getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // the client has gone
            }
        }
    }

    @Test
    @Tag("fault-115")
    void a_key_that_cannot_be_used_is_named_before_anybody_connects() throws Exception {
        SshKey key = SshKey.make();
        site.welcome(key);
        given.remove("pickup.sftp.password-file");
        Path file = key.writePrivate(keys.resolve("locked"), "right");
        given.put("pickup.sftp.private-key-file", file.toString());
        assertThat(problems()).singleElement().asString().contains("is locked by a passphrase", "passphrase-file");

        given.put(
                "pickup.sftp.private-key-passphrase-file",
                secret("wrong", "wrong").toString());
        assertThat(problems()).singleElement().asString().contains("the passphrase does not unlock " + file);
        given.put(
                "pickup.sftp.private-key-passphrase-file",
                secret("right", "right").toString());
        assertThat(fault()).isNull();

        for (String[] each : new String[][] {
            {key.publicLine(), "is the public half of a key"},
            {"-----BEGIN CERTIFICATE-----\nMII\n", "is a certificate"},
            {"hello", "is no private key"},
            {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "is damaged"},
            {"", "is empty"},
            {Ppk.V3_LOCKED, "puttygen"},
        }) {
            Files.writeString(file, each[0]);
            assertThat(problems()).singleElement().asString().contains(each[1]);
        }
    }

    @Test
    @Tag("fault-115")
    @EnabledIf("io.cxt.fixture.OpenSshd#isInstalled")
    void what_becomes_of_files_is_tried_and_leaves_nothing_behind() throws Exception {
        assertThat(fault()).isNull();
        given.put("pickup.sftp.after", "delete");
        assertThat(fault()).isNull();
        assertThat(left()).isEmpty();
        int before = site.changes();
        site.refuseChanges(true);

        assertThat(fault())
                .contains("does not let cxt make a file in drop")
                .contains("or set pickup.sftp.after = keep, which writes nothing there");
        given.put("pickup.sftp.after", "keep");
        int tried = site.changes();
        assertThat(fault()).isNull();
        assertThat(site.changes()).isEqualTo(tried).isGreaterThan(before);
        given.put("pickup.sftp.after", "move");
        site.refuseChanges(false);
        Files.createFile(there.resolve("drop/.done"));
        assertThat(fault()).contains("does not let cxt rename a file into drop/.done");
        assertThat(left()).containsExactly(".done");
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(there.resolve("drop"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    @Tag("fault-115")
    @EnabledIf("io.cxt.fixture.OpenSshd#isInstalled")
    void the_sshd_of_this_machine_is_understood_as_well() throws Exception {
        SshKey key = SshKey.make();
        given.remove("pickup.sftp.password-file");
        given.put(
                "pickup.sftp.private-key-file",
                key.writePrivate(keys.resolve("mine"), null).toString());
        given.put("pickup.sftp.username", OpenSshd.user());
        given.put("pickup.sftp.folder", ".");
        for (String[] each : new String[][] {
            {
                "KexAlgorithms diffie-hellman-group14-sha1",
                "no key exchange in common. It offers diffie-hellman-group14-sha1"
            },
            {"Ciphers aes256-cbc", "no cipher in common. It offers aes256-cbc"},
            {"MACs hmac-md5\nCiphers aes128-ctr", "no MAC in common. It offers hmac-md5"},
            {"ForceCommand echo hello", "gives no SFTP"},
            {"MaxAuthTries 1\nAuthorizedKeysFile none", "breaks off the sign-in of", "too many tries"},
            {"DenyUsers " + OpenSshd.user(), "refuses the sign-in of"},
        }) {
            Path scratch = Files.createTempDirectory(keys, "sshd");
            try (OpenSshd sshd = OpenSshd.start(scratch, key, there, each[0])) {
                sshd.hostKey().writeKnownHost(keys.resolve("known_hosts"), sshd.port());
                given.put("pickup.sftp.port", Integer.toString(sshd.port()));

                assertThat(fault()).contains(each[1]);
                if (each[0].startsWith("MACs")) {
                    given.put("pickup.sftp.extra-algorithms", "hmac-md5");
                    assertThat(fault()).isNull();
                }
            }
        }
    }

    /** Keys as PuTTY writes them. */
    private static final class Ppk {
        private static final String V3_LOCKED = """
                PuTTY-User-Key-File-3: ssh-ed25519
                Encryption: aes256-cbc
                Comment: test
                Public-Lines: 2
                AAAAC3NzaC1lZDI1NTE5AAAAIOdkeOOcIfPpw9kPfpYxWLSTVLzSSyAzqTTVZFdP
                6YgG
                Key-Derivation: Argon2id
                Argon2-Memory: 8192
                Argon2-Passes: 13
                Argon2-Parallelism: 1
                Argon2-Salt: 2d0b1cd4a1e5f4f3f37c7f0ca0ab4c2a
                Private-Lines: 1
                jh4VK8WAkaxiEFbTsSdYd6Z1CXX9bYLMF5Pj0PQK4EE=
                Private-MAC: 5f9a0c3e2b1d4f6a7c8e9b0d1f2a3c4e5d6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b
                """;
    }
}
