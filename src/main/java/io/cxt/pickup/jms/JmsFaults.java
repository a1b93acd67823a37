package io.cxt.pickup.jms;

import io.cxt.cxone.NoContact;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a broker or the connection to it, and what to do. The client does not say where or why a connection
 * failed, so each address of the URL is tried once more, up to the TLS handshake and the first bytes.
 */
final class JmsFaults {
    private static final String PROPERTY = "pickup.jms.broker-url";
    private static final int ANSWER_MS = 2_000;
    private static final String OTHER_PROTOCOL = "something answers there, and speaks %s. CXT speaks Artemis CORE only:"
            + " name the port of an Artemis that does in %s; for ActiveMQ Classic, RabbitMQ and others put a bridge between, or"
            + " see the AMQP pickup in docs/recipes.md.";

    /** How long an address that speaks another protocol is not tried again. */
    private static final Duration FOREIGN_FOR = Duration.ofSeconds(30);

    private final JmsSettings settings;
    private final ActiveMQConnectionFactory factory;
    private @Nullable String foreign;
    private long foreignUntil;

    /**
     * What was learnt about an address.
     *
     * @param why a sentence or two
     * @param foreign true when it speaks another protocol
     */
    private record Found(String why, boolean foreign) {}

    JmsFaults(JmsSettings settings, ActiveMQConnectionFactory factory) {
        this.settings = settings;
        this.factory = factory;
    }

    /** @param property that names the queue */
    synchronized String inWords(JMSException fault, String queue, String property) {
        if (fault instanceof JMSSecurityException) {
            return ("The broker %s refuses the user. Check pickup.jms.username and pickup.jms.password-file, and that the"
                            + " user may read and browse %s")
                    .formatted(settings.address(), queue);
        }
        if (fault instanceof InvalidDestinationException) {
            return "The broker %s has no queue %s. Make it there (as a queue, anycast, and not as a topic), or correct %s"
                    .formatted(settings.address(), queue, property);
        }
        if (foreign != null && foreignUntil - System.nanoTime() > 0) {
            return foreign;
        }
        for (TransportConfiguration address : JmsOptions.addresses(factory)) {
            Found found = of(address.getParams());
            if (found != null) {
                String words = "The broker %s cannot be reached: %s Messages stay there, and CXT goes on by itself"
                        .formatted(settings.address(), found.why);
                foreign = found.foreign ? words : null;
                foreignUntil = System.nanoTime() + FOREIGN_FOR.toNanos();
                return words;
            }
        }
        return ("The broker %s does not answer (%s). Check pickup.jms.broker-url and the broker; messages stay there, and"
                        + " CXT goes on by itself")
                .formatted(
                        settings.address(),
                        fault.getErrorCode() == null ? fault.getClass().getSimpleName() : fault.getErrorCode());
    }

    /** What is wrong with an address; null when nothing is, or when it does not answer. */
    private static @Nullable Found of(Map<String, Object> options) {
        boolean tls =
                Boolean.parseBoolean(JmsOptions.option(options, TransportConstants.SSL_ENABLED_PROP_NAME, "false"));
        String host = JmsOptions.option(options, TransportConstants.HOST_PROP_NAME, "localhost");
        int port = Integer.parseInt(JmsOptions.option(options, TransportConstants.PORT_PROP_NAME, "61616"));
        try {
            SSLContext context = tls ? context(options) : null;
            String why = null;
            try (Socket line = line(host, port)) {
                if (context != null) {
                    why = withTls(line, host, port, context, options);
                } else if (speaksTls(line)) {
                    why = "it speaks TLS. Add ?sslEnabled=true&trustStorePath=… to " + PROPERTY + ".";
                }
            }
            if (why != null) {
                return new Found(why, false);
            }
            String protocol = PortProbe.protocol(
                    () -> context != null ? secured(line(host, port), host, port, context) : line(host, port));
            return protocol == null ? null : new Found(OTHER_PROTOCOL.formatted(protocol, PROPERTY), true);
        } catch (StoreException e) {
            return new Found(String.valueOf(e.getMessage()), false);
        } catch (IOException | GeneralSecurityException e) {
            return null; // nobody answers there
        }
    }

    private static Socket line(String host, int port) throws IOException {
        Socket line = new Socket();
        try {
            line.connect(new InetSocketAddress(host, port), ANSWER_MS);
            line.setSoTimeout(ANSWER_MS);
            return line;
        } catch (IOException e) {
            line.close();
            throw e;
        }
    }

    private static SSLContext context(Map<String, Object> options) throws StoreException, GeneralSecurityException {
        KeyStore trusted = store(options, TransportConstants.TRUSTSTORE_PATH_PROP_NAME, "trustStore");
        KeyStore own = store(options, TransportConstants.KEYSTORE_PATH_PROP_NAME, "keyStore");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] keys = null;
        if (own != null) {
            KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            ours.init(
                    own,
                    JmsOptions.option(options, TransportConstants.KEYSTORE_PASSWORD_PROP_NAME, "")
                            .toCharArray());
            keys = ours.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    private static SSLSocket secured(Socket line, String host, int port, SSLContext context) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(line, host, port, true);
        SSLParameters checks = secured.getSSLParameters();
        checks.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(checks);
        return secured;
    }

    private static @Nullable String withTls(
            Socket line, String host, int port, SSLContext context, Map<String, Object> options) throws IOException {
        try (SSLSocket secured = secured(line, host, port, context)) {
            try {
                secured.startHandshake();
            } catch (SocketTimeoutException e) {
                return "it takes the connection and does not answer to TLS. Check the port in %s, or take sslEnabled=true out of it; else the broker is frozen."
                        .formatted(PROPERTY);
            }
            secured.getInputStream()
                    .read(); // a certificate that is asked for and not given is refused after the handshake
            return null;
        } catch (SocketTimeoutException e) {
            return null;
        } catch (SSLException e) {
            String text = String.valueOf(e.getMessage());
            if (text.contains("certificate_required") || text.contains("bad_certificate")) {
                return "it asks for a certificate of ours%s. Name a store that holds one in keyStorePath and keyStorePassword in %s."
                        .formatted(
                                JmsOptions.option(options, TransportConstants.KEYSTORE_PATH_PROP_NAME, "")
                                                .isEmpty()
                                        ? ""
                                        : ", and does not take the one that it was given",
                                PROPERTY);
            }
            if (text.contains("Unsupported or unrecognized SSL message") || text.contains("plaintext")) {
                return "it does not speak TLS there. Check the port in %s, or take sslEnabled=true out of it."
                        .formatted(PROPERTY);
            }
            return NoContact.inWords(
                    e,
                    host + ":" + port,
                    PROPERTY,
                    "name a store that holds it in its trustStorePath.",
                    "its keyStorePath");
        }
    }

    /** True when the other end understands the beginning of TLS. */
    private static boolean speaksTls(Socket line) {
        try (SSLSocket secured =
                (SSLSocket) ((javax.net.ssl.SSLSocketFactory) javax.net.ssl.SSLSocketFactory.getDefault())
                        .createSocket(line, null, line.getPort(), false)) {
            secured.startHandshake();
            return true;
        } catch (SSLException e) {
            String text = String.valueOf(e.getMessage());
            return !text.contains("Unsupported or unrecognized") && !text.contains("terminated the handshake");
        } catch (IOException e) {
            return false;
        }
    }

    /** Its message says what is wrong with a key store. */
    private static final class StoreException extends Exception {
        private static final long serialVersionUID = 1L;

        StoreException(String message, Object... values) {
            super(message.formatted(values));
        }
    }

    /** @return null when none is named */
    private static @Nullable KeyStore store(Map<String, Object> options, String name, String kind)
            throws StoreException {
        String path = JmsOptions.option(options, name, "");
        if (path.isEmpty()) {
            return null;
        }
        Path file = Path.of(path);
        if (!Files.isReadable(file)) {
            throw new StoreException("%sPath in %s is %s, which is not there or cannot be read.", kind, PROPERTY, file);
        }
        String type = JmsOptions.option(options, kind + "Type", "JKS");
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(in, JmsOptions.option(options, kind + "Password", "").toCharArray());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw e.getCause() instanceof UnrecoverableKeyException
                    ? new StoreException("%1$sPassword in %2$s does not open %3$s.", kind, PROPERTY, file)
                    : new StoreException(
                            "%1$sPath in %2$s is %3$s, which is no store of the type %4$s. Check %1$sType.",
                            kind, PROPERTY, file, type);
        }
    }
}
