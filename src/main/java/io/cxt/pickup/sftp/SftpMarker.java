package io.cxt.pickup.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderMarker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The marker of a folder on an SFTP server, over a connection of its own: the other one is busy while it fetches a large
 * file. Two instances can create it at once, so a new one has to last before it counts.
 *
 * <p>Where nothing may be written on the server, our own marker is in memory only: another's counts, and nobody sees
 * ours.
 */
final class SftpMarker implements FolderMarker {
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final int LONGEST = 1024;
    private static final int LIMIT_MS = 10_000;
    private static final int OWNER_ALONE = 0600;

    private final SftpSettings settings;
    private final SftpFaults faults;
    private @Nullable Session session;
    private @Nullable ChannelSftp folder;
    private volatile boolean ending;
    private @Nullable String unwritten;
    private @Nullable String dead;

    SftpMarker(SftpSettings settings, SftpFaults faults) {
        this.settings = settings;
        this.faults = faults;
    }

    /** Something to do in the folder. */
    private interface Work<T> {
        @Nullable
        T in(ChannelSftp folder) throws SftpException, IOException;
    }

    private synchronized <T> @Nullable T there(Work<T> work) throws IOException {
        boolean well = false;
        try {
            if (folder == null || !folder.isConnected()) {
                disconnect();
                if (ending) {
                    throw new IOException("not connected");
                }
                session = faults.signIn();
                session.setTimeout(LIMIT_MS);
                folder = (ChannelSftp) session.openChannel("sftp");
                folder.connect(LIMIT_MS);
                folder.cd(settings.folder());
            }
            T result = work.in(folder);
            well = true;
            return result;
        } catch (JSchException | SftpException e) {
            well = faults.ofFile(e) != null; // the server has answered
            throw new IOException(faults.kind(e), e);
        } finally {
            if (!well) {
                disconnect();
            }
        }
    }

    /** Makes no more connections. */
    void end() {
        ending = true;
    }

    synchronized void disconnect() {
        if (session != null) {
            session.disconnect();
        }
        session = null;
        folder = null;
    }

    @Override
    public @Nullable String read() throws IOException {
        String there = there(SftpMarker::read);
        return settings.readsOnly() && (there == null || there.equals(dead)) ? unwritten : there;
    }

    private static @Nullable String read(ChannelSftp folder) throws SftpException, IOException {
        try (InputStream from = folder.get(FolderClaim.NAME)) {
            return new String(from.readNBytes(LONGEST), StandardCharsets.UTF_8);
        } catch (SftpException e) {
            if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public boolean create(String text) throws IOException {
        if (settings.readsOnly()) {
            unwritten = text;
            return true;
        }
        return Boolean.TRUE.equals(there(folder -> {
            if (read(folder) != null) {
                return false;
            }
            write(folder, text);
            try {
                folder.chmod(OWNER_ALONE, FolderClaim.NAME);
            } catch (SftpException e) {
                return true; // not every server knows permissions; it holds no secret
            }
            return true;
        }));
    }

    private static void write(ChannelSftp folder, String text) throws SftpException {
        folder.put(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), FolderClaim.NAME);
    }

    @Override
    public void renew(String before, String text) throws IOException {
        if (settings.readsOnly()) {
            unwritten = text;
            return;
        }
        there(folder -> {
            if (before.equals(read(folder))) {
                write(folder, text);
            }
            return null;
        });
    }

    @Override
    public void remove(String text) throws IOException {
        if (settings.readsOnly()) {
            dead = text;
            unwritten = null;
            return;
        }
        there(folder -> {
            if (text.equals(read(folder))) {
                folder.rm(FolderClaim.NAME);
            }
            return null;
        });
    }

    @Override
    public Set<String> names(int most) throws IOException {
        Set<String> names = new HashSet<>();
        there(folder -> {
            folder.ls(".", entry -> {
                names.add(entry.getFilename());
                return names.size() < most ? ChannelSftp.LsEntrySelector.CONTINUE : ChannelSftp.LsEntrySelector.BREAK;
            });
            return null;
        });
        return names;
    }

    @Override
    public Duration beat() {
        return BEAT;
    }

    @Override
    public Duration settle() {
        return settings.settle();
    }

    @Override
    public String place() {
        return "pickup.sftp.folder %s on %s:%s".formatted(settings.folder(), settings.host(), settings.port());
    }
}
