package io.cxt.pickup.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.UserInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Examines an SFTP server over connections of its own, to learn what an error of the library does not say. */
final class SftpProbe {
    private static final int LIMIT_MS = 10_000;
    private static final int SILENCE_MS = 3_000;

    private final SftpSettings settings;

    SftpProbe(SftpSettings settings) {
        this.settings = settings;
    }

    /** A new session, for the caller to end. */
    Session signIn(SignInPrompts prompts) throws JSchException {
        JSch ssh = new JSch();
        ssh.setKnownHosts(settings.knownHosts().toString());
        if (settings.privateKey() != null) {
            String passphrase = settings.passphrase();
            ssh.addIdentity(
                    settings.privateKey().toString(),
                    passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8));
        }
        Session session = session(ssh);
        if (settings.password() != null) {
            session.setPassword(settings.password().getBytes(StandardCharsets.UTF_8));
        }
        session.setUserInfo(prompts);
        session.connect(LIMIT_MS);
        return session;
    }

    /** What the server asks for when CXT signs in. */
    SignInPrompts prompts() {
        SignInPrompts prompts = new SignInPrompts(settings.password());
        try {
            signIn(prompts).disconnect();
        } catch (JSchException e) {
            // its questions are noted
        }
        return prompts;
    }

    private Session session(JSch ssh) throws JSchException {
        Session session = ssh.getSession(settings.username(), settings.host(), settings.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        settings.algorithms().forEach(session::setConfig);
        session.setDaemonThread(true);
        return session;
    }

    /** The fingerprint of the host key that the server shows now, as OpenSSH prints it. Without a sign-in. */
    String shownKey() {
        ShownHostKey watcher = new ShownHostKey();
        Session session = null;
        try {
            session = session(new JSch());
            session.setHostKeyRepository(watcher);
            session.connect(LIMIT_MS);
        } catch (JSchException e) {
            // as it should: the key is refused
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
        return watcher.fingerprint();
    }

    /** What answers there and is not an SSH server; null when it is one, or when that is not known. */
    @Nullable
    String otherProtocol() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(settings.host(), settings.port()), SILENCE_MS);
            socket.setSoTimeout(SILENCE_MS);
            socket.getOutputStream().write("SSH-2.0-cxt\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] begins = socket.getInputStream().readNBytes(4);
            String text = new String(begins, StandardCharsets.ISO_8859_1);
            if (text.equals("HTTP") || text.startsWith("<")) {
                return "is a web server";
            }
            if (text.startsWith("220")) {
                return "speaks FTP or SMTP";
            }
            return begins.length > 1 && (begins[0] == 0x15 || begins[0] == 0x16) && begins[1] == 3
                    ? "speaks TLS, as HTTPS and FTPS do"
                    : begins.length == 0
                            ? "closes the connection before a word: it may have too many of them (MaxStartups), or not let this"
                                    + " machine in (fail2ban, a list of addresses)"
                            : null;
        } catch (SocketTimeoutException e) {
            return "takes the connection and says nothing";
        } catch (IOException e) {
            return null;
        }
    }

    /** Tries with a file of its own what will be done with files there. @return what is not allowed, in words, or null */
    @Nullable
    String trial(ChannelSftp sftp) {
        if (settings.after() == SftpSettings.After.KEEP) {
            return null;
        }
        boolean moves = settings.after() == SftpSettings.After.MOVE;
        String name = ".cxt-check-" + UUID.randomUUID();
        String at = settings.folder() + "/" + name;
        String done = settings.folder() + "/.done";
        boolean madeFolder = false;
        String step = "make a file in " + settings.folder() + ", where .cxt-owner belongs as well";
        try {
            sftp.put(new ByteArrayInputStream(new byte[0]), at);
            if (moves) {
                step = "make the folder " + done;
                madeFolder = makeFolder(sftp, done);
                step = "rename a file into " + done;
                sftp.rename(at, done + "/" + name);
                at = done + "/" + name;
            }
            step = "delete " + at;
            sftp.rm(at);
            at = null;
            return null;
        } catch (SftpException e) {
            return ("The server %s:%s does not let %s %s. Give the right%s, or set pickup.sftp.after = keep, which writes nothing"
                            + " there")
                    .formatted(
                            settings.host(),
                            settings.port(),
                            settings.username(),
                            step,
                            moves ? " to make .done and .failed and to rename into them" : " to make and delete files");
        } finally {
            tidy(sftp, at, madeFolder ? done : null);
        }
    }

    private static boolean makeFolder(ChannelSftp sftp, String folder) throws SftpException {
        try {
            sftp.stat(folder);
            return false;
        } catch (SftpException e) {
            sftp.mkdir(folder);
            return true;
        }
    }

    private static void tidy(ChannelSftp sftp, @Nullable String file, @Nullable String folder) {
        try {
            if (file != null) {
                sftp.rm(file);
            }
        } catch (SftpException e) {
            // it was never made, or stays, empty and hidden
        }
        try {
            if (folder != null) {
                sftp.rmdir(folder);
            }
        } catch (SftpException e) {
            // something has come into it since
        }
    }

    /** Notes the host key that a server shows, and accepts none. */
    private static final class ShownHostKey implements HostKeyRepository {
        private volatile String shown = "none just now";

        String fingerprint() {
            return shown;
        }

        @Override
        public int check(String host, byte[] key) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
                shown = "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest) + " ("
                        + new HostKey(host, key).getType() + ")";
            } catch (NoSuchAlgorithmException | JSchException e) {
                shown = "one of an unknown kind";
            }
            return NOT_INCLUDED;
        }

        @Override
        public void add(HostKey key, UserInfo user) {}

        @Override
        public void remove(String host, String type) {}

        @Override
        public void remove(String host, String type, byte[] key) {}

        @Override
        public String getKnownHostsRepositoryID() {
            return "none";
        }

        @Override
        public HostKey[] getHostKey() {
            return new HostKey[0];
        }

        @Override
        public HostKey[] getHostKey(String host, String type) {
            return new HostKey[0];
        }
    }
}
