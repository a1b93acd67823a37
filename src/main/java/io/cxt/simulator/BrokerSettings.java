package io.cxt.simulator;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.activemq.artemis.core.config.Configuration;

/**
 * How a broker is set up.
 *
 * @param folder where its journal lies; made when it is not there
 * @param port on 127.0.0.1; 0 for any free one
 * @param username the one user there is; null when anybody may come in
 * @param password of that user
 * @param keystore PKCS#12 with key and certificate; null for a connection in clear
 * @param keystorePassword of the keystore
 * @param maxDeliveryAttempts after so many a message goes to the dead-letter queue
 * @param more what is set up otherwise than here, at last
 */
public record BrokerSettings(
        Path folder,
        int port,
        String username,
        String password,
        Path keystore,
        String keystorePassword,
        int maxDeliveryAttempts,
        Consumer<Configuration> more) {

    public BrokerSettings {
        Objects.requireNonNull(folder, "folder");
    }

    /** In clear, on any free port, for anybody. */
    public static BrokerSettings in(Path folder) {
        return new BrokerSettings(folder, 0, null, null, null, null, 10, none -> {});
    }

    public BrokerSettings withPort(int port) {
        return new BrokerSettings(
                folder, port, username, password, keystore, keystorePassword, maxDeliveryAttempts, more);
    }

    public BrokerSettings withUser(String username, String password) {
        return new BrokerSettings(
                folder, port, username, password, keystore, keystorePassword, maxDeliveryAttempts, more);
    }

    public BrokerSettings withTls(Path keystore, String keystorePassword) {
        return new BrokerSettings(
                folder, port, username, password, keystore, keystorePassword, maxDeliveryAttempts, more);
    }

    public BrokerSettings withMaxDeliveryAttempts(int maxDeliveryAttempts) {
        return new BrokerSettings(
                folder, port, username, password, keystore, keystorePassword, maxDeliveryAttempts, more);
    }

    public BrokerSettings with(Consumer<Configuration> more) {
        return new BrokerSettings(
                folder, port, username, password, keystore, keystorePassword, maxDeliveryAttempts, more);
    }

    /** Leaves the passwords out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "BrokerSettings[folder=%s, port=%s, user=%s, tls=%s]"
                .formatted(folder, port, username, keystore != null);
    }
}
