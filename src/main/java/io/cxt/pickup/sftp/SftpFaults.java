package io.cxt.pickup.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.JSchSessionDisconnectException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import io.cxt.text.SafeName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.jspecify.annotations.Nullable;

/** What is wrong with an SFTP server or the connection to it, and what to do. */
public final class SftpFaults {
    private static final int LIMIT_MS = 10_000;
    private static final int NO_SUCH_FILE = 2;
    private static final int NO_PERMISSION = 3;

    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);
    private static final int TOO_MANY_CONNECTIONS = 12;
    private static final Pattern TOO_OFTEN = Pattern.compile("[Tt]oo many|Login trials exceed");
    private static final Pattern METHODS = Pattern.compile("for methods '([^']*)'");
    private static final Pattern NO_SFTP =
            Pattern.compile("channel request|channel is not opened|message is too long|nputstream is closed");

    private final SftpSettings settings;
    private @Nullable String asks;
    private long askedAt;
    private final SftpProbe probe;

    public SftpFaults(SftpSettings settings) {
        this.settings = settings;
        this.probe = new SftpProbe(settings);
    }

    /** The class of a fault. Its message may hold text from the server and is left out. */
    String kind(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }

    /** What a server says about one file. */
    enum OfFile {
        /** It is not there. */
        GONE("the server lists it, and says that it is not there"),
        /** The user may not read it. */
        REFUSED("the server does not let its user read it"),
        /** It failed; the server does not say why. */
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

    /** What the server says about the file; null when the connection is lost. */
    @Nullable
    OfFile ofFile(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SftpException answer) {
                return switch (answer.id) {
                    case NO_SUCH_FILE -> OfFile.GONE;
                    case NO_PERMISSION -> OfFile.REFUSED;
                    default -> answer.getCause() == null ? OfFile.FAILED : null; // else the connection broke
                };
            }
        }
        return null;
    }

    String inWords(Throwable fault) {
        return inWords(fault, null);
    }

    /** @param prompts what the server asked for; null when that is not known */
    private String inWords(Throwable fault, @Nullable SignInPrompts prompts) {
        String server = settings.host() + ":" + settings.port();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof JSchHostKeyException key) {
                return hostKey(key, server);
            }
            if (cause instanceof JSchAlgoNegoFailException none) {
                return SftpAlgorithms.inWords(none, server, settings.extraAlgorithms());
            }
            String text = String.valueOf(cause.getMessage());
            if (cause instanceof JSchSessionDisconnectException said) {
                text += " " + said.getDescription();
                if (said.getReasonCode() == TOO_MANY_CONNECTIONS || text.contains("connections")) {
                    return "The server %s has too many connections of %s. CXT needs two at a time: ask its owner to allow them"
                            .formatted(server, settings.username());
                }
            }
            if (TOO_OFTEN.matcher(text).find()) {
                return ("The server %s breaks off the sign-in of %s after too many tries. Set only the one that it asks for,"
                                + " pickup.sftp.private-key-file or pickup.sftp.password-file, check it manually with sftp, and"
                                + " ask its owner whether the account is locked now")
                        .formatted(server, settings.username());
            }
            if (cause instanceof JSchSessionDisconnectException said) {
                return ("The server %s breaks off the connection of %s (SSH reason %s), and does not say why: after too many tries to"
                                + " sign in, or as the account is locked. Sign in manually with sftp, and ask its owner")
                        .formatted(server, settings.username(), said.getReasonCode());
            }
            if (cause instanceof JSchException && text.startsWith("Auth")) {
                return refused(server, text, prompts);
            }
            if (cause instanceof JSchException && (text.contains("passphrase") || text.contains("privatekey"))) {
                String why = keyFault();
                return why != null
                        ? why
                        : "The key in pickup.sftp.private-key-file cannot be used. Check that it is whole";
            }
            if (NO_SFTP.matcher(text).find()) {
                return ("The server %s lets %s in, and gives no SFTP. Ask its owner to allow it (Subsystem sftp); a login script"
                                + " must not print anything")
                        .formatted(server, settings.username());
            }
            if (cause instanceof SftpException refused && refused.id == NO_SUCH_FILE) {
                return "The server %s has no folder %s where the sign-in lands. Make it, or correct pickup.sftp.folder"
                        .formatted(server, settings.folder());
            }
            if (cause instanceof SftpException refused && refused.id == NO_PERMISSION) {
                return "The server %s does not let %s read the folder %s. Give the right to read and to rename"
                        .formatted(server, settings.username(), settings.folder());
            }
        }
        String other = probe.otherProtocol();
        return other == null
                ? ("The server %s does not answer (%s). Check pickup.sftp.host, pickup.sftp.port and the network; files stay"
                                + " there, and CXT goes on by itself")
                        .formatted(server, kind(fault))
                : "What answers at %s %s, and does not speak SSH. Check pickup.sftp.host and pickup.sftp.port; CXT goes on by itself"
                        .formatted(server, other);
    }

    /** The server refuses the sign-in. To learn why, CXT signs in once more, then not for a while: the account might lock. */
    private synchronized String refused(String server, String text, @Nullable SignInPrompts known) {
        String key = keyFault();
        if (key != null) {
            return key;
        }
        if (known != null || askedAt == 0 || System.nanoTime() - askedAt > ASK_AGAIN.toNanos()) {
            askedAt = System.nanoTime();
            asks = (known != null ? known : probe.prompts()).inWords();
        }
        Matcher methods = METHODS.matcher(text);
        String takes = methods.find() ? SafeName.log(methods.group(1)) : "";
        if (asks != null) {
            return "The server %s %s".formatted(server, asks);
        }
        boolean byPassword = takes.isEmpty() || takes.contains("password") || takes.contains("keyboard-interactive");
        String check = !byPassword && settings.privateKey() == null
                ? "It takes keys alone: set pickup.sftp.private-key-file"
                : takes.equals("publickey") && settings.privateKey() != null
                        ? "Check pickup.sftp.username, and that its owner has the public half of pickup.sftp.private-key-file"
                        : !takes.isEmpty() && !takes.contains("publickey") && settings.password() == null
                                ? "It takes passwords alone: set pickup.sftp.password-file"
                                : "Check pickup.sftp.username and pickup.sftp.private-key-file or pickup.sftp.password-file";
        return "The server %s refuses the sign-in of %s%s. %s, and ask whether the account is locked"
                .formatted(server, settings.username(), takes.isEmpty() ? "" : " (it takes " + takes + ")", check);
    }

    private @Nullable String keyFault() {
        Path key = settings.privateKey();
        return key == null ? null : SftpKey.fault(key, settings.passphrase());
    }

    private String hostKey(JSchHostKeyException fault, String server) {
        String shown = probe.shownKey();
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

    /** What is wrong, in words; null when the folder can be read and files there can be moved or deleted as set. */
    public @Nullable String fault() {
        Session session = null;
        SignInPrompts prompts = new SignInPrompts(settings.password());
        try {
            session = probe.signIn(prompts);
            ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
            sftp.connect(LIMIT_MS);
            sftp.ls(settings.folder());
            return probe.trial(sftp);
        } catch (JSchException | SftpException e) {
            return inWords(e, prompts);
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
    }

    /** A new session, for the caller to end. */
    Session signIn() throws JSchException {
        return probe.signIn(new SignInPrompts(settings.password()));
    }
}
