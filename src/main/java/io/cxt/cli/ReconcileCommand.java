package io.cxt.cli;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditQuery;
import io.cxt.cxone.CxoneCallException;
import io.cxt.cxone.CxoneTarget.Sent;
import io.cxt.cxone.SignInException;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.text.SafeName;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads back what CXone has and compares it with what was sent. */
@Command(
        name = "reconcile",
        description = {
            "Reads back what CXone has of each chat that was sent and compares it with the archive.",
            "It compares count, order, times, texts, contact and status. Each chat is compared once, also after an",
            "interruption. Exit code 1 when one differs, 6 when one could not be compared."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt reconcile --since 2026-11-01",
            "  cxt reconcile --sample 50",
            "  cxt reconcile --interaction ext_998877"
        })
final class ReconcileCommand implements Callable<Integer> {
    private static final int PAGE = 500;
    /** Chats that are announced in the audit together. */
    private static final int ANNOUNCED = 50;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only chats sent at or after this time, for example 2026-11-01.")
    private @Nullable String since;

    @Option(
            names = "--interaction",
            paramLabel = "ID",
            description = "Only this chat, also when it was compared before.")
    private @Nullable String interaction;

    @Option(names = "--sample", paramLabel = "N", description = "Only so many chats, chosen at random.")
    private int sample;

    @Option(names = "--again", description = "Chats that were compared before, too.")
    private boolean again;

    @Mixin
    private final Output.Option as = new Output.Option();

    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private long asked;

    private record Row(String interactionId, String result, List<String> differences) {}

    @Override
    public Integer call() throws IOException, SignInException {
        try (SentTranscripts sent = new SentTranscripts(as.output, "read back what it has", true)) {
            for (String word : List.of("same", "different", "compared before", "withdrawn", "not comparable")) {
                counts.put(word, 0);
            }
            each(sent);
            if (as.output == Output.json) {
                Output.endOfItems();
            }
            int all = counts.values().stream().mapToInt(Integer::intValue).sum();
            System.err.println("%s chats: %s".formatted(all, counts.toString().replaceAll("[{}]", "")));
        }
        return counts.getOrDefault("different", 0) > 0
                ? Exit.FINDINGS
                : counts.getOrDefault("not comparable", 0) > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    private void each(SentTranscripts sent) throws SignInException, IOException {
        String only = interaction;
        if (only != null) {
            for (String id : SafeName.spellings(only)) {
                if (!sent.view().deliveries(id).isEmpty()) {
                    compare(sent, id);
                    return;
                }
            }
            throw new CommandRefused(Exit.USAGE, "The ledger knows no %s. See: cxt find".formatted(SafeName.log(only)));
        }
        List<String> chosen = new ArrayList<>();
        Random random = new Random(); // a reservoir: each chat has the same chance
        String from = since;
        long earliest = from == null ? 0 : instant(from).toEpochMilli();
        String target = sent.cxone.target().name();
        long seen = 0;
        List<String> page = sent.view().sent(target, earliest, "", PAGE);
        while (!page.isEmpty()) {
            for (String id : page) {
                seen++;
                if (sample == 0) {
                    compare(sent, id);
                } else if (chosen.size() < sample) {
                    chosen.add(id);
                } else {
                    long place = random.nextLong(seen);
                    if (place < sample) {
                        chosen.set((int) place, id);
                    }
                }
            }
            page = sent.view().sent(target, earliest, page.get(page.size() - 1), PAGE);
        }
        for (String id : chosen) {
            compare(sent, id);
        }
    }

    private static Instant instant(String time) {
        return Rfc3339.parse(time)
                .or(() -> Rfc3339.parse(time + "T00:00:00Z"))
                .orElseThrow(() -> new CommandRefused(
                        Exit.USAGE,
                        "--since is %s; allowed: a day, 2026-11-01, or a time, 2026-11-01T09:00:00Z".formatted(time)));
    }

    private void compare(SentTranscripts sent, String id) throws SignInException, IOException {
        Set<String> found = found(sent, id);
        if (!again && interaction == null && found.contains(Type.RECONCILED.name())) {
            counts.merge("compared before", 1, Integer::sum);
            return;
        }
        if (found.contains(Type.WITHDRAWN.name())) {
            tell(id, "withdrawn", List.of());
            return;
        }
        Optional<List<Sent>> parts = sent.parts(id);
        if (parts.isEmpty() || parts.get().isEmpty()) {
            tell(id, "not comparable", List.of("it is not in the archive as it was sent"));
            return;
        }
        if (interaction == null && asked++ % ANNOUNCED == 0) {
            sent.log.announces(
                    "GET of what was sent of up to %s chats, from %s".formatted(ANNOUNCED, SafeName.log(id)));
        }
        try {
            List<String> differences = sent.cxone.target().readBack(parts.get(), sent.caller);
            boolean same = differences.isEmpty();
            String detail = "parts=%s differences=%s".formatted(parts.get().size(), differences.size());
            sent.log.told(same ? Type.RECONCILED : Type.DIFFERS, id, detail);
            tell(id, same ? "same" : "different", differences);
        } catch (CxoneCallException e) {
            tell(id, "not comparable", List.of(String.valueOf(e.getMessage())));
        }
    }

    /** The words of its events after its last part was sent, without a withdrawal that was not whole. */
    private static Set<String> found(SentTranscripts sent, String id) {
        String last = sent.view().deliveries(id).stream()
                .map(RecordedDelivery::finishedAt)
                .filter(Objects::nonNull)
                .max(String::compareTo)
                .orElse("");
        Set<String> found = new HashSet<>();
        sent.view().audit().events(new AuditQuery(Set.of(id), null, Set.of(), last, null, Long.MAX_VALUE), event -> {
            if (!String.valueOf(event.detail()).endsWith(WithdrawCommand.INCOMPLETE)) {
                found.add(event.event());
            }
        });
        return found;
    }

    private void tell(String id, String result, List<String> differences) {
        counts.merge(result, 1, Integer::sum);
        if (as.output == Output.json) {
            Output.item(new Row(id, result, differences));
        } else if (!differences.isEmpty()) {
            differences.forEach(
                    words -> System.out.println("%s: %s: %s".formatted(SafeName.log(id), result, SafeName.log(words))));
        }
    }
}
