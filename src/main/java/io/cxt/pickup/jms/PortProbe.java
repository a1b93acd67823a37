package io.cxt.pickup.jms;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a port speaks that is not the CORE of Artemis, recognised by the first bytes it sends. It takes two seconds and
 * half a kilobyte at most, and signs in nowhere.
 */
final class PortProbe {
    private static final int LONGEST_MS = 2_000;
    private static final int QUIET_MS = 100;
    private static final int MOST_BYTES = 512;

    /** What CORE answers to a ping: 17 bytes more, a ping. */
    private static final byte[] PONG = HexFormat.of().parseHex("000000110a");

    /**
     * Tried in turn while the other end hangs up silently: a ping of CORE, with an end of line for servers that wait for
     * one; the openings of AMQP 1.0 and STOMP; a greeting of MQTT.
     */
    private static final List<byte[]> WORDS = List.of(
            HexFormat.of().parseHex("415254454d4953" + "000000110a0000000000000000000000000000ea60" + "0d0a0d0a00"),
            HexFormat.of().parseHex("414d515000010000"),
            "CONNECT\naccept-version:1.2\nhost:/\n\n\0".getBytes(StandardCharsets.US_ASCII),
            HexFormat.of().parseHex("100c00044d5154540402003c0000"));

    private PortProbe() {}

    /** Opens a connection to the port. */
    interface Line {
        Socket open() throws IOException;
    }

    /**
     * @return the protocol, as the end of a sentence; null when it is CORE, or when there is no answer
     * @throws IOException when it cannot connect
     */
    static @Nullable String protocol(Line line) throws IOException {
        byte[] answer = answer(line);
        return answer == null ? null : name(answer);
    }

    /** The first bytes; empty when the other end always hangs up, null when there is no answer. */
    static byte @Nullable [] answer(Line line) throws IOException {
        long end = System.nanoTime() + LONGEST_MS * 1_000_000L;
        byte @Nullable [] answer = {};
        for (int i = 0; i < WORDS.size() && answer != null && answer.length == 0; i++) {
            try (Socket socket = line.open()) {
                answer = ask(socket, WORDS.get(i), end);
            }
        }
        return answer;
    }

    /** @return empty when the other end hangs up silently, null when there is no answer in time */
    private static byte @Nullable [] ask(Socket socket, byte[] word, long end) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            socket.getOutputStream().write(word);
            socket.getOutputStream().flush();
            byte[] some = new byte[MOST_BYTES];
            while (answer.size() < MOST_BYTES) {
                long left = (end - System.nanoTime()) / 1_000_000;
                socket.setSoTimeout((int) Math.max(1, answer.size() > 0 ? Math.min(QUIET_MS, left) : left));
                int count = socket.getInputStream().read(some, 0, MOST_BYTES - answer.size());
                if (count < 0) {
                    break;
                }
                answer.write(some, 0, count);
            }
        } catch (SocketTimeoutException e) {
            return answer.size() == 0 ? null : answer.toByteArray();
        } catch (IOException e) {
            return answer.toByteArray(); // it hung up
        }
        return answer.toByteArray();
    }

    /** Null for CORE. */
    static @Nullable String name(byte[] answer) {
        if (answer.length == 0) {
            return "a protocol that it does not tell: it hangs up without a word";
        }
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        if (Arrays.equals(Arrays.copyOf(answer, PONG.length), PONG)) {
            return null;
        }
        if (text.indexOf("ActiveMQ") == PONG.length) {
            return "OpenWire, as ActiveMQ Classic does";
        }
        if (text.startsWith("AMQP")) {
            return text.startsWith("\0\0\u0009\1", 4) || text.startsWith("\1\1", 4)
                    ? "AMQP 0-9-1, as RabbitMQ does"
                    : "AMQP 1.0";
        }
        return text.startsWith("HTTP/")
                ? "HTTP"
                : text.startsWith("ERROR") || text.startsWith("CONNECTED")
                        ? "STOMP"
                        : text.startsWith("\u0020\2")
                                ? "MQTT"
                                : text.startsWith("SSH-")
                                        ? "SSH"
                                        : text.startsWith("\u0015\3") ? "TLS" : "a protocol that CXT does not know";
    }
}
