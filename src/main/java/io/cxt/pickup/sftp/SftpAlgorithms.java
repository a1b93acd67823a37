package io.cxt.pickup.sftp;

import com.jcraft.jsch.Cipher;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.KeyExchange;
import com.jcraft.jsch.MAC;
import com.jcraft.jsch.Signature;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The algorithms that SSH offers a server: those that are good today first, then the ones that an old server needs. */
final class SftpAlgorithms {
    /** Names to add, separated by commas. */
    static final String PROPERTY = "pickup.sftp.extra-algorithms";
    /** Entries in the list of key exchanges that are none. */
    private static final Pattern MARK = Pattern.compile("(ext-info|kex-strict)-.*");

    private static final int MOST_SHOWN = 10;
    private static final Map<Class<?>, List<String>> LISTS = Map.of(
            KeyExchange.class, List.of("kex"),
            Signature.class, List.of("server_host_key", "PubkeyAcceptedAlgorithms"),
            Cipher.class, List.of("cipher.c2s", "cipher.s2c"),
            MAC.class, List.of("mac.c2s", "mac.s2c"));

    private SftpAlgorithms() {}

    /**
     * Reads and checks the names to add; problems stay in the settings.
     *
     * @return the library's lists that change, complete; empty where nothing is added
     */
    static Map<String, String> from(Settings settings) {
        Map<String, String> lists = new LinkedHashMap<>();
        for (String name : names(settings.optional(PROPERTY).orElse(""))) {
            List<String> its = lists(name);
            if (its.isEmpty()) {
                settings.problem(
                        ("%s has %s; allowed: names of key exchanges, host keys, ciphers and MACs that the SSH library"
                                        + " knows, with commas between, for example ssh-rsa,diffie-hellman-group14-sha1,aes128-cbc")
                                .formatted(PROPERTY, SafeName.log(name)));
            }
            for (String list : its) {
                String before = lists.computeIfAbsent(list, JSch::getConfig);
                if (!names(before).contains(name)) {
                    lists.put(list, before + "," + name);
                }
            }
        }
        return lists;
    }

    /** The library's lists that an algorithm belongs to; none for an unknown one, or one that lacks a library here. */
    private static List<String> lists(String name) {
        String program = name.equals("none") || name.startsWith("signature.") ? null : JSch.getConfig(name);
        if (program == null || !program.startsWith("com.jcraft.jsch.")) {
            return List.of();
        }
        try {
            Class<?> kind = Class.forName(program);
            if (Modifier.isPublic(kind.getModifiers())) {
                kind.getDeclaredConstructor().newInstance(); // some need a library that is missing
            }
            return LISTS.entrySet().stream()
                    .filter(each -> each.getKey().isAssignableFrom(kind))
                    .findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(List.of());
        } catch (ReflectiveOperationException | LinkageError e) {
            return List.of();
        }
    }

    /**
     * Sets the library's lists for the whole process, as Camel's own options do; those have none for MACs.
     *
     * @return what they were before
     */
    static Map<String, String> setForAll(Map<String, String> lists) {
        Map<String, String> before = new LinkedHashMap<>();
        lists.forEach((list, value) -> {
            before.put(list, JSch.getConfig(list));
            JSch.setConfig(list, value);
        });
        return before;
    }

    /** Says that server and CXT have no algorithm of some kind in common, what the server offers, and what helps. */
    static String inWords(JSchAlgoNegoFailException fault, String server, String extra) {
        List<String> offered = names(fault.getServerProposal());
        String shown = offered.stream()
                .filter(name -> !MARK.matcher(name).matches())
                .limit(MOST_SHOWN)
                .map(SafeName::log)
                .collect(Collectors.joining(", ", "", offered.size() > MOST_SHOWN ? ", ..." : ""));
        String helps = offered.stream()
                .filter(name -> lists(name).contains(fault.getAlgorithmName()))
                .findFirst()
                .map(name -> "have its owner update it; until then set %s = %s%s, which is weak"
                        .formatted(PROPERTY, extra.isEmpty() ? "" : extra + ",", name))
                .orElse("CXT knows none of these: ask its owner to allow one of "
                        + SafeName.log(fault.getJSchProposal()));
        return "The server %s and CXT have no %s in common. It offers %s. What helps: %s"
                .formatted(server, kind(fault.getAlgorithmName()), shown, helps);
    }

    private static String kind(String list) {
        return switch (list) {
            case "kex" -> "key exchange";
            case "server_host_key" -> "kind of host key";
            case "cipher.c2s", "cipher.s2c" -> "cipher";
            case "mac.c2s", "mac.s2c" -> "MAC";
            default -> "compression";
        };
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>(Arrays.asList(list.split("\\s*,\\s*")));
        names.removeIf(String::isBlank);
        return names;
    }
}
