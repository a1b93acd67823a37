package io.cxt.cxone;

import java.util.Locale;

/** A way to sign in, as {@code cxone.sign-in} names it. */
public enum SignInForm {
    /** RFC 6749 section 4.4, a form with id, secret and scope. */
    CLIENT_CREDENTIALS,
    /** A JSON object with an access key's id and secret. */
    ACCESS_KEY,
    /** RFC 6749 section 4.3 with an access key in place of a person's name and password. */
    PASSWORD;

    /** The word in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static SignInForm of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
