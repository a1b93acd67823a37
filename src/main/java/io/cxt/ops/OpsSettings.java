package io.cxt.ops;

import io.cxt.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;

/**
 * Where health and metrics are served.
 *
 * @param stall how long nothing is sent, with work to do, before the alarm is raised
 */
public record OpsSettings(boolean enabled, String host, int port, Duration stall) {

    /** Reads and checks {@code ops.*}; problems stay in the settings. */
    public static OpsSettings from(Settings settings) {
        return new OpsSettings(
                settings.flag("ops.enabled", true),
                settings.optional("ops.host").orElse("127.0.0.1"),
                settings.integer("ops.port", 9876, 1, 65_535),
                Duration.ofMinutes(settings.number("ops.stall-minutes", 10, 1, 1_440)));
    }

    /** Why health and metrics cannot be served there, and what to do; empty when they can, or are disabled. */
    public Optional<String> fault() {
        return enabled
                ? cannotListen("ops.port", "ops.host", host, port).map(why -> why + ", or ops.enabled to false")
                : Optional.empty();
    }

    /**
     * Why a server cannot listen there, and what to do; empty when it can. Opens the port for a moment.
     *
     * @param portName what sets the port, for the message
     * @param hostName what sets the host, for the message
     */
    public static Optional<String> cannotListen(String portName, String hostName, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        try (ServerSocket socket = new ServerSocket()) {
            if (address.isUnresolved()) {
                return Optional.of("%s is %s, a name without an address. Set it to an address of this machine"
                        .formatted(hostName, host));
            }
            socket.bind(address);
            return Optional.empty();
        } catch (IOException e) {
            InetAddress at = address.getAddress();
            if (!at.isAnyLocalAddress() && !ofThisMachine(at)) {
                return Optional.of(
                        "%s is %s, which is not an address of this machine. Set it to one, for example 127.0.0.1"
                                .formatted(hostName, host));
            }
            if (port < FIRST_FREE && !"Address already in use".equals(e.getMessage())) {
                return Optional.of("%s is %s, and only root may use ports below %s. Set it to a higher one"
                        .formatted(portName, port, FIRST_FREE));
            }
            return Optional.of(
                    ("%s %s on %s is in use: another program listens there, perhaps another cxt (ss -ltnp shows which). Stop"
                                    + " it, or set %1$s to a free port")
                            .formatted(portName, port, host));
        }
    }

    private static boolean ofThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** Below it only root may listen. */
    private static final int FIRST_FREE = 1024;
}
