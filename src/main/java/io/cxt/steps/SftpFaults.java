package io.cxt.steps;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.UserInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.apache.camel.component.file.GenericFileOperationFailedException;

/** What is wrong with an SFTP server or our way to it, in words that say what to do; and a look at it. */
public final class SftpFaults {
    private static final int LIMIT_MS = 10_000;
    private static final int NO_SUCH_FILE = 2;
    private static final int NO_PERMISSION = 3;

    private final SftpSettings settings;

    public SftpFaults(SftpSettings settings) {
        this.settings = settings;
    }

    /** What kind of fault it is. Its message may hold what a server wrote, and is left out. */
    String kind(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }

    /** What a server says of one file. */
    enum OfFile {
        /** It is not there. */
        GONE("the server lists it, and says that it is not there"),
        /** Its user may not have it. */
        REFUSED("the server does not let its user read it"),
        /** It did not work; the server does not say why. */
        FAILED("the server says that it failed, and not why");

        private final String words;

        OfFile(String words) {
            this.words = words;
        }

        String inWords() {
            return words;
        }
    }

    /** Why a file cannot be moved, or deleted, on the server. */
    String ofMove(Throwable fault) {
        OfFile said = ofFile(fault);
        boolean deletes = settings.after() == SftpSettings.After.DELETE;
        if (said == OfFile.REFUSED) {
            return "the server does not let " + settings.username()
                    + (deletes ? " delete files there" : " make .done and .failed there, or rename into them");
        }
        boolean answered = said != null || fault instanceof GenericFileOperationFailedException;
        if (answered && deletes) {
            return "the server does not delete it, and does not say why";
        }
        return answered
                ? "the server does not make .done or .failed, or does not rename into them, and does not say why: no right, no"
                        + " room, or something else has the name"
                : "the server did not answer: " + kind(fault);
    }

    /** What the server says of the file; null when the connection is gone, and with it all of them. */
    OfFile ofFile(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SftpException answer) {
                return switch (answer.id) {
                    case NO_SUCH_FILE -> OfFile.GONE;
                    case NO_PERMISSION -> OfFile.REFUSED;
                    default -> answer.getCause() == null ? OfFile.FAILED : null; // else the line broke
                };
            }
        }
        return null;
    }

    String inWords(Throwable fault) {
        String server = settings.host() + ":" + settings.port();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof JSchHostKeyException key) {
                return hostKey(key, server);
            }
            String text = String.valueOf(cause.getMessage());
            if (cause instanceof JSchException && text.startsWith("Auth")) {
                return ("The server %s refuses the sign-in of %s. Check pickup.sftp.username and"
                                + " pickup.sftp.private-key-file or pickup.sftp.password-file")
                        .formatted(server, settings.username());
            }
            if (cause instanceof JSchException && (text.contains("passphrase") || text.contains("privatekey"))) {
                return "The key in pickup.sftp.private-key-file cannot be used. Check that it is a private key, and"
                        + " pickup.sftp.private-key-passphrase-file";
            }
            if (cause instanceof SftpException refused && refused.id == NO_SUCH_FILE) {
                return "The server %s has no folder %s where the sign-in lands. Make it, or mend pickup.sftp.folder"
                        .formatted(server, settings.folder());
            }
            if (cause instanceof SftpException refused && refused.id == NO_PERMISSION) {
                return "The server %s does not let %s read the folder %s. Give the right to read and to rename"
                        .formatted(server, settings.username(), settings.folder());
            }
        }
        return ("The server %s does not answer (%s). Check pickup.sftp.host, pickup.sftp.port and the network; files stay"
                        + " there, and CXT goes on by itself")
                .formatted(server, kind(fault));
    }

    private String hostKey(JSchHostKeyException fault, String server) {
        String shown = shownKey();
        String notTaken = new KnownHosts(settings.knownHosts()).notTaken(settings.host(), settings.port());
        if (notTaken != null) {
            return ("The server %s shows a host key that %s does not have under its own name: %s. %s. Ask its owner whether the"
                            + " key is theirs; if so, add what `ssh-keyscan -p %s %s` writes")
                    .formatted(server, settings.knownHosts(), shown, notTaken, settings.port(), settings.host());
        }
        return fault instanceof JSchChangedHostKeyException
                ? ("The server %s shows another host key than %s has for it: %s. Somebody may be in between. Ask its owner"
                                + " whether the key was changed; only then put the new one into the file")
                        .formatted(server, settings.knownHosts(), shown)
                : ("The server %s shows a host key that is not in %s, or is revoked there: %s. Ask its owner whether it is"
                                + " theirs; if so, add what `ssh-keyscan -p %s %s` writes")
                        .formatted(server, settings.knownHosts(), shown, settings.port(), settings.host());
    }

    /** The host key that the server shows now, as OpenSSH does. Nobody signs in for that. */
    private String shownKey() {
        KeyWatcher watcher = new KeyWatcher();
        Session session = null;
        try {
            session = new JSch().getSession(settings.username(), settings.host(), settings.port());
            session.setConfig("StrictHostKeyChecking", "yes");
            session.setHostKeyRepository(watcher);
            session.setDaemonThread(true);
            session.connect(LIMIT_MS);
        } catch (JSchException e) {
            // as it should: the key is refused
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
        return watcher.shown;
    }

    /** What is wrong, in words; null when the folder can be read. */
    public String fault() {
        Session session = null;
        try {
            session = signIn();
            ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
            sftp.connect(LIMIT_MS);
            sftp.ls(settings.folder());
            return null;
        } catch (JSchException | SftpException e) {
            return inWords(e);
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
    }

    /** A session of its own, for the caller to end. */
    Session signIn() throws JSchException {
        JSch ssh = new JSch();
        ssh.setKnownHosts(settings.knownHosts().toString());
        if (settings.privateKey() != null) {
            ssh.addIdentity(settings.privateKey().toString(), settings.passphrase());
        }
        Session session = ssh.getSession(settings.username(), settings.host(), settings.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        if (settings.password() != null) {
            session.setPassword(settings.password().getBytes(StandardCharsets.UTF_8));
        }
        session.setDaemonThread(true);
        session.connect(LIMIT_MS);
        return session;
    }

    private static final class KeyWatcher implements HostKeyRepository {
        private volatile String shown = "none just now";

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
