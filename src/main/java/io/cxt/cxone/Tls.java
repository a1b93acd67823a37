package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which servers CXT trusts, and the certificate that it shows: {@code cxone.trust-store} and {@code
 * cxone.key-store}, else the files that Java is told of. Each is opened at the start, so that what is wrong with one is
 * said of that one; in a handshake Java would say the same of many faults.
 */
final class Tls {
    private final Settings settings;

    private Tls(Settings settings) {
        this.settings = settings;
    }

    /** Problems stay in the settings. Null when nothing is set: Java's own is good, then. */
    static @Nullable SSLContext from(Settings settings) {
        Tls tls = new Tls(settings);
        try {
            TrustManager[] trust = tls.trust();
            KeyManager[] keys = tls.keys();
            if (trust == null && keys == null) {
                return null;
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            settings.problem("This Java speaks no TLS (%s). Check the security settings in JAVA_OPTS and of Java itself"
                    .formatted(e.getClass().getSimpleName()));
            return null;
        }
    }

    private TrustManager @Nullable [] trust() throws GeneralSecurityException {
        Place place = place("cxone.trust-store", "cxone.trust-store-password-file", "trustStore");
        if (place == null) {
            return null;
        }
        KeyStore store = open(place);
        if (store == null) {
            return null;
        }
        boolean trusted = false;
        for (String alias : Collections.list(store.aliases())) {
            trusted |= store.getCertificate(alias) != null;
        }
        if (!trusted) {
            settings.problem(("%s is %s, which holds no certificate that Java trusts%s. Add the authority's: keytool"
                            + " -importcert -file CERTIFICATE -keystore FILE; or name a PEM file in cxone.trust-store")
                    .formatted(
                            place.property,
                            place.file,
                            place.password == null ? ", or needs a password to show it" : ""));
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keys() throws GeneralSecurityException {
        Place place = place("cxone.key-store", "cxone.key-store-password-file", "keyStore");
        if (place == null) {
            return null;
        }
        KeyStore store = open(place);
        if (store == null) {
            return null;
        }
        boolean key = false;
        for (String alias : Collections.list(store.aliases())) {
            key |= store.isKeyEntry(alias);
        }
        if (!key) {
            settings.problem("%s is %s, which holds no private key. Make one with key and certificate: %s"
                    .formatted(place.property, place.file, TO_PKCS12));
            return null;
        }
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, place.password == null ? new char[0] : place.password);
            return factory.getKeyManagers();
        } catch (UnrecoverableKeyException e) {
            settings.problem("%s is %s, which %s"
                    .formatted(
                            place.property,
                            place.file,
                            place.password == null
                                    ? "has a password. Set " + place.whereToSetPassword()
                                    : "has a key with another password than the file. Make both the same: "
                                            + TO_PKCS12));
            return null;
        }
    }

    private static final String TO_PKCS12 = "openssl pkcs12 -export -in CERTIFICATE -inkey KEY -out FILE.p12";

    private static final String NO_FILE = "is no file. Correct the name, or put the file there";
    private static final String NO_CERTIFICATE =
            "is a PEM file without a certificate. Name a file that holds the authority's, from BEGIN CERTIFICATE on";
    private static final String GET_AGAIN = "Get it again from where it was made";

    private record Place(String property, String passwordProperty, Path file, char @Nullable [] password) {
        String whereToSetPassword() {
            return passwordProperty
                    + (property.startsWith("javax.") ? " in JAVA_OPTS" : ", which names the file that holds it");
        }
    }

    private @Nullable Place place(String property, String passwordProperty, String javas) {
        if (settings.optional(property).isPresent()) {
            char @Nullable [] password = settings.secretFile(passwordProperty)
                    .map(String::toCharArray)
                    .orElse(null);
            return new Place(property, passwordProperty, settings.path(property, ""), password);
        }
        String file = System.getProperty("javax.net.ssl." + javas);
        if (file == null || file.isEmpty() || file.equals("NONE")) {
            return null;
        }
        String password = System.getProperty("javax.net.ssl." + javas + "Password");
        return new Place(
                "javax.net.ssl." + javas,
                "javax.net.ssl." + javas + "Password",
                Path.of(file),
                password == null || password.isEmpty() ? null : password.toCharArray());
    }

    private @Nullable KeyStore open(Place place) throws GeneralSecurityException {
        String wrong;
        boolean pem = false;
        try {
            pem = Files.isRegularFile(place.file) && pem(place.file);
            if (Files.isDirectory(place.file)) {
                wrong = "is a folder. Name the file in it";
            } else if (!Files.isRegularFile(place.file)) {
                wrong = NO_FILE;
            } else if (Files.size(place.file) == 0) {
                wrong = "is empty. " + GET_AGAIN;
            } else if (!pem) {
                return KeyStore.getInstance(place.file.toFile(), place.password);
            } else if (place.property.equals("cxone.trust-store")) {
                KeyStore store = certificates(place.file);
                if (store.size() > 0) {
                    return store;
                }
                wrong = NO_CERTIFICATE;
            } else {
                wrong = "is a PEM file. "
                        + (place.property.endsWith("trustStore")
                                ? "Java takes none there; name it in cxone.trust-store instead"
                                : "Make a PKCS#12 file of it: " + TO_PKCS12);
            }
        } catch (NoSuchFileException e) {
            wrong = NO_FILE;
        } catch (AccessDeniedException e) {
            wrong = "may not be read by " + System.getProperty("user.name") + ". Give it to that user (chown)";
        } catch (KeyStoreException | CertificateException e) {
            wrong = notAStore(place, pem);
        } catch (IOException e) {
            wrong = e.getCause() instanceof UnrecoverableKeyException || place.password != null
                    ? "cannot be opened with the password of %s; check that one".formatted(place.passwordProperty)
                    : "cannot be read without a password, or is damaged. Set " + place.whereToSetPassword();
        }
        settings.problem("%s is %s, which %s".formatted(place.property, place.file, wrong));
        return null;
    }

    private static String notAStore(Place place, boolean pem) throws GeneralSecurityException {
        if (place.property.equals("cxone.trust-store") && pem) {
            return NO_CERTIFICATE;
        }
        if (!isCertificate(place.file)) {
            return "is neither PKCS#12 nor JKS nor PEM, or is damaged. " + GET_AGAIN;
        }
        return place.property.startsWith("trust", place.property.lastIndexOf('.') + 1)
                ? "is a certificate in DER form. Make a PEM file of it: openssl x509 -inform DER -in FILE -out FILE.pem"
                : "is a certificate without its key. Make a PKCS#12 file of both: " + TO_PKCS12;
    }

    private static boolean isCertificate(Path file) throws GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            CertificateFactory.getInstance("X.509").generateCertificate(in);
            return true;
        } catch (IOException | CertificateException e) {
            return false;
        }
    }

    private static boolean pem(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            ByteBuffer head = ByteBuffer.allocate(64 * 1024);
            while (head.hasRemaining() && channel.read(head) > 0) {}
            return new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
        }
    }

    private static KeyStore certificates(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        }
        return store;
    }
}
