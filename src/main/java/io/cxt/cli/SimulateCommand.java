package io.cxt.cli;

import io.cxt.ops.OpsSettings;
import io.cxt.simulator.Fault;
import io.cxt.simulator.RetryAfterForm;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The stand-in CXone alone. */
@Command(
        name = "simulate",
        description = {
            "A stand-in for CXone on this machine: signs in, takes chats, counts them, and can play faults.",
            "GET /stats tells what it took; POST /control changes what it does."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt simulate --port 8080 --latency 20",
            "  cxt simulate --port 8080 --rate 50 --burst 1 --retry-after date",
            "  cxt simulate --port 8080 --fault 503=1 --fault reset-after-body=0.5",
            "Then, elsewhere:",
            "  CXONE_BASE_URL=http://127.0.0.1:8080 CXONE_CLIENT_ID=a CXONE_CLIENT_SECRET=b cxt run --once",
            "  curl http://127.0.0.1:8080/stats"
        })
final class SimulateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on; ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--port", defaultValue = "0", description = "Port to listen on; 0 = any free one.")
    private int port;

    @Option(names = "--client-id", description = "The only client let in; any without.")
    private String clientId;

    @Option(names = "--client-secret", description = "The only secret let in; any without.")
    private String clientSecret;

    @Option(names = "--token-seconds", defaultValue = "3600", description = "Life of a token; ${DEFAULT-VALUE}.")
    private int tokenSeconds;

    @Option(names = "--latency", paramLabel = "MS", defaultValue = "0", description = "Each answer takes this long.")
    private int latency;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "0", description = "Most chats a second; 0 = any.")
    private int rate;

    @Option(names = "--burst", paramLabel = "N", defaultValue = "1", description = "How many may come at once.")
    private int burst;

    @Option(
            names = "--retry-after",
            paramLabel = "FORM",
            defaultValue = "seconds",
            description = "How a 429 names its time: seconds, date, none.")
    private RetryAfterForm retryAfter;

    @Option(
            names = "--fault",
            paramLabel = "WHAT=PERCENT",
            split = "\\R",
            description = "Play a fault now and then, for example 503=1, reset-after-body=0.5, bad-json=1.")
    private Map<String, Double> faults = Map.of();

    @Option(names = "--seed", defaultValue = "1", description = "The same seed plays the same faults.")
    private long seed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StandInSettings settings;
        try {
            settings = settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Optional<String> cannot = OpsSettings.cannotListen("--port", "--host", host, port);
        if (cannot.isPresent()) {
            System.err.println(cannot.get() + "; --port 0 is any free one");
            return Exit.UNREACHABLE;
        }
        try (StandIn standIn = StandIn.start(settings)) {
            System.out.println(standIn.baseUri());
            System.err.println(
                    "The stand-in CXone listens; Ctrl-C ends it. What it took: " + standIn.baseUri() + "/stats");
            CountDownLatch signal = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                System.err.println(standIn.counts());
                signal.countDown();
                Runtime.getRuntime().halt(Exit.INTERRUPTED);
            }));
            signal.await();
        }
        return Exit.GOOD;
    }

    private StandInSettings settings() {
        StandInSettings settings = StandInSettings.defaults()
                .withHost(host)
                .withPort(port)
                .withClient(clientId, clientSecret)
                .withTokenLifetime(tokenSeconds)
                .withJournal(0)
                .withLatency(latency)
                .withSeed(seed)
                .withRetryAfter(retryAfter);
        if (rate < 0) {
            throw new IllegalArgumentException("rate is %s; allowed: 0 (any) or more".formatted(rate));
        }
        if (rate > 0) {
            settings = settings.withRate(rate, burst);
        }
        for (Map.Entry<String, Double> fault : faults.entrySet()) {
            settings = settings.withFault(Fault.parse(fault.getKey()), fault.getValue());
        }
        return settings;
    }
}
