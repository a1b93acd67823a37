package io.cxt.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/** A broker that differs from the one of the demo; each {@code with…} method changes it. */
public final class BrokerSettings {
    private static final String ROLE = "send-and-take";

    private final Configuration configuration;
    private ActiveMQSecurityManager users;

    private BrokerSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Unencrypted, on any free port, for anyone. */
    public static BrokerSettings in(Path folder) {
        return new BrokerSettings(Broker.configuration(folder));
    }

    public Broker start() throws IOException {
        return Broker.start(configuration, users);
    }

    /** @param number on 127.0.0.1 */
    public BrokerSettings withPort(int number) {
        Broker.parameters(configuration).put(TransportConstants.PORT_PROP_NAME, number);
        return this;
    }

    /** Accepts only this user, who may send, take and browse; nobody may create or delete queues. */
    public BrokerSettings withUser(String name, String secret) {
        Role role = new Role();
        role.setName(ROLE);
        role.setSend(true);
        role.setConsume(true);
        role.setBrowse(true);
        configuration.setSecurityEnabled(true).putSecurityRoles("#", Set.of(role));
        SecurityConfiguration known = new SecurityConfiguration();
        known.addUser(name, secret);
        known.addRole(name, ROLE);
        users = new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), known);
        return this;
    }

    /** @param file PKCS#12 with key and certificate */
    public BrokerSettings withTls(Path file, String secret) {
        Map<String, Object> parameters = Broker.parameters(configuration);
        parameters.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
        parameters.put(TransportConstants.KEYSTORE_TYPE_PROP_NAME, "PKCS12");
        parameters.put(TransportConstants.KEYSTORE_PATH_PROP_NAME, file.toString());
        parameters.put(TransportConstants.KEYSTORE_PASSWORD_PROP_NAME, secret);
        return this;
    }

    /** @param most deliveries, after which a message goes to the dead-letter queue */
    public BrokerSettings withMaxDeliveryAttempts(int most) {
        return with(changed -> changed.getAddressSettings().get("#").setMaxDeliveryAttempts(most));
    }

    public BrokerSettings with(Consumer<Configuration> change) {
        change.accept(configuration);
        return this;
    }
}
