package io.cxt.cli;

import io.cxt.ops.OpsSettings;
import io.cxt.simulator.Fault;
import io.cxt.simulator.RetryAfterForm;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the stand-in for CXone alone. */
@Command(
        name = "simulate",
        description = {
            "Runs a stand-in for CXone on this machine. It signs in, accepts chats, counts them and can play faults.",
            "GET /stats shows what it accepted; POST /control changes its behavior."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt simulate --port 8080 --latency 20",
            "  cxt simulate --port 8080 --rate 50 --burst 1 --retry-after date",
            "  cxt simulate --port 8080 --fault 503=1 --fault reset-after-body=0.5",
            "  cxt simulate --target cxone-digital --set duplicate=conflict --set searchLagMillis=500",
            "Then, in another terminal:",
            "  CXONE_BASE_URL=http://127.0.0.1:8080 CXONE_CLIENT_ID=a CXONE_CLIENT_SECRET=b cxt run --once",
            "  curl http://127.0.0.1:8080/stats"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final String CONVERSATIONS = "conversations";
    private static final String DIGITAL = "cxone-digital";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--target",
            defaultValue = CONVERSATIONS,
            description = "Contract to serve: conversations, cxone-digital. Default: ${DEFAULT-VALUE}.")
    private String target;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--port", defaultValue = "0", description = "Port to listen on. Default: any free port.")
    private int port;

    @Option(names = "--client-id", description = "The only client id accepted. Default: any.")
    private String clientId;

    @Option(names = "--client-secret", description = "The only client secret accepted. Default: any.")
    private String clientSecret;

    @Option(names = "--access-key-id", description = "The only access key accepted by cxone-digital. Default: any.")
    private String accessKeyId;

    @Option(names = "--access-key-secret", description = "Its secret. Default: any.")
    private String accessKeySecret;

    @Option(
            names = "--token-seconds",
            defaultValue = "3600",
            description = "Lifetime of a token. Default: ${DEFAULT-VALUE}.")
    private int tokenSeconds;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Delay of each answer. Default: ${DEFAULT-VALUE}.")
    private int latency;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Maximum chats (cxone-digital: changes) per second. Default: no limit.")
    private int rate;

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "1",
            description = "Maximum of these at once, with --rate. Default: ${DEFAULT-VALUE}.")
    private int burst;

    @Option(
            names = "--retry-after",
            paramLabel = "FORM",
            defaultValue = "seconds",
            description = "Form of Retry-After in a 429: seconds, date, none.")
    private RetryAfterForm retryAfter;

    @Option(
            names = "--fault",
            paramLabel = "WHAT=PERCENT",
            split = "\\R",
            description = "Play a fault in PERCENT of the calls, for example 503=1, reset-after-body=0.5, bad-json=1.")
    private Map<String, Double> faults = Map.of();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "The same seed plays the same faults. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "What cxone-digital does where the contract is silent, for example duplicate=conflict, success=204, oldDates=now, searchLagMillis=500. An unknown name lists all.")
    private Map<String, String> switches = Map.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StandInSettings settings;
        DigitalSwitches digital;
        try {
            settings = settings();
            digital = DigitalSwitches.defaults().with(switches);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Optional<String> cannot = OpsSettings.cannotListen("--port", "--host", host, port);
        if (cannot.isPresent()) {
            System.err.println(cannot.get() + "; --port 0 means any free port");
            return Exit.UNREACHABLE;
        }
        try (RunningStandIn<?> standIn =
                target.equals(DIGITAL) ? DigitalStandIn.start(settings, digital) : StandIn.start(settings)) {
            System.out.println(standIn.baseUri());
            System.err.println("The stand-in for CXone is listening; Ctrl-C stops it. What it accepted: "
                    + standIn.baseUri() + "/stats");
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
        if (!List.of(CONVERSATIONS, DIGITAL).contains(target)) {
            throw new IllegalArgumentException(
                    "there is no target '%s'; known: %s, %s".formatted(target, CONVERSATIONS, DIGITAL));
        }
        if (!switches.isEmpty() && !target.equals(DIGITAL)) {
            throw new IllegalArgumentException("--set needs --target " + DIGITAL);
        }
        StandInSettings settings = StandInSettings.defaults()
                .withHost(host)
                .withPort(port)
                .withClient(clientId, clientSecret)
                .withAccessKey(accessKeyId, accessKeySecret)
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
