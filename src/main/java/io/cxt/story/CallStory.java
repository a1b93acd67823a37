package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.cxone.Answer.Kind;
import io.cxt.cxone.Answers;
import io.cxt.cxone.Elsewhere;
import io.cxt.ledger.Deliveries;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes the calls that were made for one part, from its audit events. */
final class CallStory {
    private static final Pattern TRACE = Pattern.compile("(?:^| )trace=(\\S+)");

    private final Map<Integer, Call> calls = new LinkedHashMap<>();
    private @Nullable AuditEntry replay;

    /** One call: its claim, and what the audit trail has of its outcome. */
    private static final class Call {
        private final AuditEntry claim;
        private final @Nullable AuditEntry replay;
        private @Nullable AuditEntry doubt;
        private @Nullable AuditEntry answer;
        private @Nullable String given;

        Call(AuditEntry claim, @Nullable AuditEntry replay) {
            this.claim = claim;
            this.replay = replay;
        }

        void take(AuditEntry event) {
            if ("IN_DOUBT".equals(event.event()) && doubt == null) {
                doubt = event;
            }
            if (event.httpStatus() != null) {
                answer = event;
            } else if (answer == null && event.reason() != null && !"IN_DOUBT".equals(event.event())) {
                given = event.reason();
            }
        }
    }

    private CallStory() {}

    /** @param events all of the interaction, in the order in which they were written */
    static List<String> of(int part, List<AuditEntry> events) {
        CallStory story = new CallStory();
        for (AuditEntry event : events) {
            if ("REPLAYED".equals(event.event())) {
                story.replay = event;
            } else if (number(event.part()) == part && number(event.attempt()) > 0) {
                story.take(event);
            }
        }
        List<String> lines = new ArrayList<>();
        story.calls.forEach((attempt, call) -> lines.add(line(attempt, call)));
        return lines;
    }

    private void take(AuditEntry event) {
        int attempt = number(event.attempt());
        if ("CLAIMED".equals(event.event())) {
            calls.put(attempt, new Call(event, replay));
            replay = null;
        } else if (calls.containsKey(attempt)) {
            calls.get(attempt).take(event);
        }
    }

    private static String line(int attempt, Call call) {
        String again = "";
        if (call.replay != null) {
            again = ", after %s put it into the inbox again"
                    .formatted(SafeName.log(String.valueOf(call.replay.actor())));
        }
        if (detail(call.claim).contains("may-repeat")) {
            again += ", marked may-repeat because " + doubt(call.claim.reason());
        }
        return "call %s, %s%s: %s%s".formatted(attempt, call.claim.at(), again, end(call), trace(call.answer));
    }

    /** Why CXone may have had the part before a call, by the reason in its claim. */
    private static String doubt(@Nullable String reason) {
        return switch (Reason.of(reason).orElse(Reason.NET_RESET)) {
            case OTHER_LEDGER -> "another ledger may have sent it";
            case REDELIVERED -> "the broker delivered it before";
            case EARLIER_CALL -> "an earlier call may have arrived";
            default -> "an earlier call had no answer";
        };
    }

    /** CXone's own word for the call, under which its support finds it. */
    private static String trace(@Nullable AuditEntry answer) {
        Matcher trace = TRACE.matcher(answer == null ? "" : detail(answer));
        return trace.find() ? " CXone's trace id: " + SafeName.log(trace.group(1)) + "." : "";
    }

    /** What became of a call that asked whether CXone has the part. */
    private static String found(Call call) {
        AuditEntry answer = call.answer;
        if (answer == null) {
            return call.given == null ? "no answer on record." : "no answer (%s).".formatted(SafeName.log(call.given));
        }
        if (Reason.CXONE_LOOKED_UP.is(answer.reason())) {
            return "and has it.";
        }
        Elsewhere elsewhere = Elsewhere.of(detail(answer));
        if (elsewhere != null) {
            return "and shows it %s.".formatted(elsewhere.inWords());
        }
        return detail(answer).contains(Deliveries.NOT_FOUND)
                ? "and does not show it."
                : "and did not say: HTTP %s after %s ms (%s)."
                        .formatted(
                                answer.httpStatus(), answer.latencyMs(), SafeName.log(String.valueOf(answer.reason())));
    }

    private static String end(Call call) {
        String took = "";
        if (asked(call)) {
            return "CXone was asked whether it has it, " + found(call);
        }
        if (call.answer != null) {
            int status = number(call.answer.httpStatus());
            took = " after %s ms".formatted(call.answer.latencyMs());
            if (status / 100 == 2 && !"SENT".equals(call.answer.event())) {
                return "HTTP %s%s, and not what CXone answers when it has a chat (%s). CXone may have it."
                        .formatted(status, took, SafeName.log(String.valueOf(call.answer.reason())));
            }
            if (Answers.kind(status) == Kind.UNANSWERED) {
                return "HTTP %s%s, from a gateway that cannot tell. CXone may have it.".formatted(status, took);
            }
            if (status == 409 && detail(call.claim).contains("may-repeat")) {
                return "CXone answered HTTP 409%s: it says that it already has it.".formatted(took);
            }
            String late = call.doubt == null ? "" : ", after it had counted as lost";
            return "CXone answered HTTP %s%s%s.".formatted(status, took, late);
        }
        String reason = call.doubt == null ? call.given : call.doubt.reason();
        return reason == null ? "no answer on record yet." : words(reason, call.doubt != null);
    }

    /**
     * What a reason without an HTTP status says of a call.
     *
     * @param doubted true when it, or one before it, may have arrived
     */
    private static String words(String reason, boolean doubted) {
        if (!doubted && reason.startsWith("NET-") || reason.startsWith("PROXY-")) {
            return "no connection (" + reason + "). It did not arrive.";
        }
        return Reason.of(reason)
                .map(known -> "no answer (%s). %s".formatted(known.id(), known.meaning()))
                .orElse(SafeName.log(reason));
    }

    private static String detail(AuditEntry event) {
        return event.detail() == null ? "" : event.detail();
    }

    private static int number(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    /**
     * True when no more than one of the calls for a part can have brought it to CXone: the others only asked whether it has it.
     *
     * @param calls how many were made; where events of some are gone, nothing is known of them
     */
    static boolean onePostAtMost(int part, List<AuditEntry> events, int calls) {
        CallStory story = told(part, events);
        long asked = story.calls.values().stream().filter(CallStory::asked).count();
        boolean elsewhere = story.calls.values().stream()
                .findFirst()
                .filter(first -> detail(first.claim).contains("may-repeat") || asks(first))
                .isPresent();
        return !elsewhere && asked > 0 && story.calls.size() == calls && calls - asked <= 1;
    }

    private static CallStory told(int part, List<AuditEntry> events) {
        CallStory story = new CallStory();
        events.stream()
                .filter(event -> number(event.part()) == part && number(event.attempt()) > 0)
                .forEach(story::take);
        return story;
    }

    /** The reason why the last call for a part did not learn whether CXone has it; null when it did, or was none that asks. */
    static @Nullable String notLookedUp(int part, List<AuditEntry> events) {
        CallStory story = told(part, events);
        Call last = null;
        for (Call call : story.calls.values()) {
            last = call;
        }
        if (last == null || !asked(last)) {
            return null;
        }
        AuditEntry answer = last.answer;
        boolean said = answer != null
                && (Reason.CXONE_LOOKED_UP.is(answer.reason()) || detail(answer).contains(Deliveries.NOT_FOUND));
        return said ? null : answer == null ? last.given : answer.reason();
    }

    /** Something else that CXone showed last in place of a part; null for nothing. */
    static @Nullable Elsewhere elsewhere(int part, List<AuditEntry> events) {
        Elsewhere last = null;
        for (AuditEntry event : events) {
            if (number(event.part()) == part && "LOOKED_UP".equals(event.event())) {
                last = Elsewhere.of(detail(event));
            }
        }
        return last;
    }

    /** Its claim says that it asks, and brings nothing. */
    private static boolean asks(Call call) {
        return (" " + detail(call.claim) + " ").contains(" " + Deliveries.LOOK_UP + " ");
    }

    /** True for a call that asked; before claims said so, for one that got an answer to that. */
    private static boolean asked(Call call) {
        return asks(call)
                || call.answer != null
                        && ("LOOKED_UP".equals(call.answer.event()) || Reason.CXONE_LOOKED_UP.is(call.answer.reason()));
    }

    /** True when all calls carried the same bytes and therefore the same Idempotency-Key. */
    static boolean sameContent(int part, List<AuditEntry> events) {
        return events.stream()
                        .filter(event -> number(event.part()) == part)
                        .map(AuditEntry::payloadHash)
                        .filter(Objects::nonNull)
                        .distinct()
                        .count()
                <= 1;
    }
}
