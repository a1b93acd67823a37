package io.cxt.pickup.sftp;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Notes the host key that a server shows, and accepts none. */
final class ShownHostKey implements HostKeyRepository {
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
