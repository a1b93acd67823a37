package io.cxt.pickup.sftp;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import io.cxt.text.SafeName;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers the server with the password if it asks for that alone, and notes what else it asks for. */
final class SignInPrompts implements UserInfo, UIKeyboardInteractive {
    private static final int LONGEST_ASKED = 60;

    private final @Nullable String password;
    private @Nullable String given;
    private volatile @Nullable String other;
    private volatile boolean expired;

    SignInPrompts(@Nullable String password) {
        this.password = password;
    }

    /** What it asks beyond a plain sign-in, and what to do; null when it asks nothing else. */
    @Nullable
    String inWords() {
        return expired
                ? "asks for a new password: the old one has expired. Sign in manually (sftp), set another, and put it into"
                        + " pickup.sftp.password-file"
                : other == null
                        ? null
                        : "asks \"" + other
                                + "\", which CXT cannot answer: a second factor, it seems. Ask its owner for a"
                                + " sign-in by key or password alone";
    }

    @Override
    public String @Nullable [] promptKeyboardInteractive(
            String to, String name, String instruction, String[] prompts, boolean[] echo) {
        String all = String.join(" ", prompts).strip();
        if (prompts.length == 0) {
            return new String[0];
        }
        boolean one = prompts.length == 1 && !echo[0];
        if ((name + " " + all).toLowerCase(Locale.ROOT).contains("new password")) {
            expired = true;
        } else if (one && given == null && password != null) {
            given = all;
            return new String[] {password};
        } else if (!one || !all.equals(given) && !all.toLowerCase(Locale.ROOT).contains("passw")) { // else it was wrong
            other = SafeName.log(all.substring(0, Math.min(LONGEST_ASKED, all.length())));
        }
        return null;
    }

    @Override
    public @Nullable String getPassphrase() {
        return null;
    }

    @Override
    public @Nullable String getPassword() {
        return null;
    }

    @Override
    public boolean promptPassword(String message) {
        return false;
    }

    @Override
    public boolean promptPassphrase(String message) {
        return false;
    }

    @Override
    public boolean promptYesNo(String message) {
        return false;
    }

    @Override
    public void showMessage(String message) {}
}
