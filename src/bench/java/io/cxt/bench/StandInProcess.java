package io.cxt.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The stand-in CXone as a process of its own. */
final class StandInProcess implements AutoCloseable {
    private static final Pattern DISTINCT = Pattern.compile("\"acceptedDistinct\"\\s*:\\s*(\\d+)");
    private static final Pattern REPEATS = Pattern.compile("\"repeats\"\\s*:\\s*(\\d+)");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Its address, without a slash at the end. */
    final String address;

    private StandInProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    static StandInProcess start(int latencyMs) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("target/cxt/bin/cxt", "simulate", "--latency", "" + latencyMs);
        builder.environment().remove("JAVA_OPTS"); // they are meant for the contender
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String address = out.readLine();
        if (address == null) {
            throw new IOException("the stand-in does not start; run target/cxt/bin/cxt simulate to see why");
        }
        return new StandInProcess(process, address.replaceAll("/$", ""));
    }

    /** How many different chats it has let in. */
    long accepted() throws IOException {
        return count(DISTINCT);
    }

    /** How many came a second time. */
    long repeats() throws IOException {
        return count(REPEATS);
    }

    private long count(Pattern field) throws IOException {
        try {
            String stats = http.send(
                            HttpRequest.newBuilder(URI.create(address + "/stats"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Matcher found = field.matcher(stats);
            if (!found.find()) {
                throw new IOException("no count in what the stand-in says: " + stats);
            }
            return Long.parseLong(found.group(1));
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
