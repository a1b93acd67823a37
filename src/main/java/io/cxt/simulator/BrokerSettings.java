package io.cxt.simulator;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.activemq.artemis.core.config.Configuration;
import org.jspecify.annotations.Nullable;

/** The settings of a broker; each {@code with…} method returns a changed copy. */
public final class BrokerSettings {
    final Path folder;
    int port;

    @Nullable
    String username;

    @Nullable
    String password;

    @Nullable
    Path keystore;

    @Nullable
    String keystorePassword;

    int maxDeliveryAttempts = 10;
    Consumer<Configuration> more = none -> {};

    private BrokerSettings(Path folder) {
        this.folder = folder;
    }

    /**
     * Unencrypted, on any free port, for anyone.
     *
     * @param folder where the journal is; created if missing
     */
    public static BrokerSettings in(Path folder) {
        return new BrokerSettings(folder);
    }

    private BrokerSettings copy(Consumer<BrokerSettings> change) {
        BrokerSettings copy = new BrokerSettings(folder);
        copy.port = port;
        copy.username = username;
        copy.password = password;
        copy.keystore = keystore;
        copy.keystorePassword = keystorePassword;
        copy.maxDeliveryAttempts = maxDeliveryAttempts;
        copy.more = more;
        change.accept(copy);
        return copy;
    }

    /** @param number on 127.0.0.1; 0 for any free one */
    public BrokerSettings withPort(int number) {
        return copy(copy -> copy.port = number);
    }

    /** Accepts only this user. */
    public BrokerSettings withUser(String name, String secret) {
        return copy(copy -> {
            copy.username = name;
            copy.password = secret;
        });
    }

    /** @param file PKCS#12 with key and certificate */
    public BrokerSettings withTls(Path file, String secret) {
        return copy(copy -> {
            copy.keystore = file;
            copy.keystorePassword = secret;
        });
    }

    /** @param most deliveries, after which a message goes to the dead-letter queue */
    public BrokerSettings withMaxDeliveryAttempts(int most) {
        return copy(copy -> copy.maxDeliveryAttempts = most);
    }

    /** Applied to the broker's configuration last. */
    public BrokerSettings with(Consumer<Configuration> change) {
        return copy(copy -> copy.more = change);
    }

    /** Leaves the passwords out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "BrokerSettings[folder=%s, port=%s, user=%s, tls=%s]"
                .formatted(folder, port, username, keystore != null);
    }
}
