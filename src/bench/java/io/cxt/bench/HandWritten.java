package io.cxt.bench;

import io.cxt.archive.Archive;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.AuditEvent;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.Prepared;
import io.cxt.cxone.RetryAfter;
import io.cxt.cxone.SignIn;
import io.cxt.db.LedgerSettings;
import io.cxt.json.TranscriptReader;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Ledger;
import io.cxt.settings.Settings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The yardstick: the same work and the same guarantees by hand, without Camel. One thread reads, as many send as there
 * may be calls in flight, a few write the archive, and one writes the audit feed in batches.
 *
 * <p>It leaves out what costs nothing on a good day: pacing, the pause after 429, dead letters, health. A chat that is
 * refused, or fails {@link #ATTEMPTS} times, ends the run.
 */
public final class HandWritten implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandWritten.class);
    private static final int ATTEMPTS = 6;
    private static final Entry END = new Entry(0, 0, null, null, List.of(), List.of(), 0);

    private final Settings settings = new Settings(name -> System.getenv(Settings.environmentName(name)));
    private final CxoneSettings cxone = CxoneSettings.from(settings);
    private final CxoneTarget target = cxone.target();
    private final LedgerSettings where = LedgerSettings.from(settings);
    private final Rules rules = new Rules();
    private final Answers answers = new Answers(target, new RetryAfter(cxone.maxWait(), Clock.systemUTC()));
    private final CallLimits limits = new CallLimits(cxone.callDeadline().toMillis(), null);
    private final Archive archive;
    private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(Math.max(4, cxone.maxInFlight() / 4));
    private final Ledger ledger;
    private final Deliveries deliveries;
    private final SignIn signIn;
    private final CloseableHttpClient client;
    private final Feeder feeder;
    private final ThreadPoolExecutor copies;

    private HandWritten() {
        ledger = Ledger.open(where, "hand-written", !cxone.parksInDoubt(), Clock.systemUTC());
        deliveries = ledger.deliveries();
        archive = ArchiveSettings.from(settings, where.folder()).open(ledger.instance(), Clock.systemUTC());
        signIn = new SignIn(cxone, limits, ledger::signedIn);
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(cxone.maxInFlight())
                        .setMaxConnTotal(cxone.maxInFlight())
                        .build());
        limits.applyTo(builder);
        client = builder.build();
        feeder = new Feeder(ledger);
        int writers = Math.max(4, cxone.maxInFlight() / 8);
        copies = new ThreadPoolExecutor(
                writers,
                writers,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(cxone.maxInFlight()),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** Sends each file in {@code DATA_DIR/inbox}; settings come from the environment, as for CXT. */
    public static void main(String... none) throws Exception {
        try (HandWritten all = new HandWritten();
                var inbox = Files.newDirectoryStream(all.where.folder().resolve("inbox"), "*.ndjson")) {
            for (Path file : inbox) {
                all.send(file);
            }
        }
    }

    private void send(Path file) throws Exception {
        String source = file.getFileName().toString();
        String intake = ledger.intakes().open("file", source, Files.size(file));
        ExecutorService senders = Executors.newFixedThreadPool(cxone.maxInFlight());
        List<Future<?>> ends = java.util.stream.Stream.generate(() -> senders.submit(() -> sendAll(intake, source)))
                .limit(cxone.maxInFlight())
                .<Future<?>>map(end -> end)
                .toList();
        long count = 0;
        try (TranscriptReader reader = TranscriptReader.open(
                Files.newInputStream(file),
                TranscriptReader.formOf(file.toString()).orElseThrow(),
                ReadingOptions.DEFAULT)) {
            while (reader.hasNext()) {
                waiting.put(reader.next());
                count++;
            }
        }
        for (int i = 0; i < cxone.maxInFlight(); i++) {
            waiting.put(END);
        }
        for (Future<?> end : ends) {
            end.get();
        }
        senders.shutdown();
        copies.shutdown();
        copies.awaitTermination(1, TimeUnit.HOURS);
        feeder.end();
        Path done = Files.createDirectories(file.resolveSibling(".done"));
        ledger.intakes().close(intake, source, count, "sent=" + count);
        Files.move(file, done.resolve(source), StandardCopyOption.ATOMIC_MOVE);
        System.out.println("{\"sent\": " + count + "}");
    }

    private Void sendAll(String intake, String source) throws Exception {
        for (Entry entry = waiting.take(); entry != END; entry = waiting.take()) {
            send(entry, new Origin(intake, source, entry.index(), entry.line()));
        }
        return null;
    }

    private void send(Entry entry, Origin origin) throws Exception {
        List<Finding> findings = entry.readable() ? rules.check(entry.transcript(), entry.line()) : entry.findings();
        if (!findings.isEmpty()) {
            throw refused(origin);
        }
        Prepared prepared = target.prepare(entry, origin, target.limits());
        if (prepared.refused()) {
            throw refused(origin);
        }
        for (Part part : prepared.parts()) {
            send(part);
        }
    }

    private static IllegalStateException refused(Origin origin) {
        return new IllegalStateException(origin.position() + " is no valid transcript; the benchmark sends valid ones");
    }

    private void send(Part part) throws Exception {
        Delivery delivery = deliveries.lookUp(part);
        try {
            if (delivery.standing() == Delivery.Standing.UNSENT) {
                String conversation = deliver(delivery);
                copies.execute(() -> copy(part, conversation));
            } else {
                deliveries.skipped(delivery);
            }
        } finally {
            deliveries.unlock(part);
        }
    }

    /** Claims, posts and notes the answer, until CXone has it. */
    private String deliver(Delivery delivery) throws Exception {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            String authorization = signIn.authorization();
            deliveries.claim(delivery);
            long start = System.nanoTime();
            Answer answer = post(delivery.part(), authorization);
            Duration latency = Duration.ofNanos(System.nanoTime() - start);
            switch (answer.kind()) {
                case ACCEPTED -> {
                    deliveries.sent(delivery, answer.httpStatus(), answer.conversationId(), answer.reason(), latency);
                    LOG.info(
                            "injected interaction={} conversation={} messages={} attempt={}",
                            delivery.part().interactionId(),
                            answer.conversationId(),
                            delivery.part().messages(),
                            attempt);
                    return answer.conversationId();
                }
                case UNAVAILABLE, UNANSWERED, THROTTLED -> {
                    boolean doubted = answer.kind() == Answer.Kind.UNANSWERED;
                    AuditEvent.Type type = doubted ? AuditEvent.Type.IN_DOUBT : AuditEvent.Type.ATTEMPT;
                    deliveries.attempted(delivery, type, answer.httpStatus(), answer.reason(), doubted, null, latency);
                    TimeUnit.MILLISECONDS.sleep(cxone.firstDelay().toMillis() << attempt);
                }
                default -> {
                    deliveries.notSent(delivery, DeliveryState.REJECTED, answer.httpStatus(), answer.reason(), latency);
                    throw new IllegalStateException("refused: " + answer.reason());
                }
            }
        }
        throw new IllegalStateException(delivery.part() + " failed " + ATTEMPTS + " times");
    }

    private Answer post(Part part, String authorization) {
        HttpPost post = new HttpPost(cxone.baseUrl() + target.callPath());
        post.setHeader("Authorization", authorization);
        post.setHeader("Accept", "application/json");
        post.setHeader("Idempotency-Key", part.idempotencyKey());
        post.setEntity(new ByteArrayEntity(part.payload(), ContentType.APPLICATION_JSON));
        try {
            return client.execute(
                    post,
                    answer -> answers.read(
                            part,
                            false,
                            answer.getCode(),
                            value(answer, "Retry-After"),
                            value(answer, "Date"),
                            answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity())));
        } catch (IOException e) {
            return answers.unanswered(e);
        }
    }

    private static String value(HttpMessage message, String name) {
        Header header = message.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    private void copy(Part part, String conversation) {
        try {
            deliveries.archived(part, archive.keep(part));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        feeder.add(part, conversation);
    }

    @Override
    public void close() throws IOException {
        client.close();
        signIn.close();
        limits.close();
        archive.close();
        ledger.close();
    }
}
