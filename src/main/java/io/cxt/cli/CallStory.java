package io.cxt.cli;

import io.cxt.cxone.Answer.Kind;
import io.cxt.cxone.Answers;
import io.cxt.text.SafeName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Describes the calls that were made for one part, from its audit events. */
final class CallStory {
    private final Map<Integer, Call> calls = new LinkedHashMap<>();
    private @Nullable Map<String, Object> replay;

    /** One call: its claim, and what the audit trail has of its outcome. */
    private static final class Call {
        private final Map<String, Object> claim;
        private final @Nullable Map<String, Object> replay;
        private @Nullable Map<String, Object> doubt;
        private @Nullable Map<String, Object> answer;
        private @Nullable String given;

        Call(Map<String, Object> claim, @Nullable Map<String, Object> replay) {
            this.claim = claim;
            this.replay = replay;
        }

        void take(Map<String, Object> event) {
            if ("IN_DOUBT".equals(event.get("event")) && doubt == null) {
                doubt = event;
            }
            if (event.get("httpStatus") != null) {
                answer = event;
            } else if (answer == null && text(event, "reason") != null) {
                given = text(event, "reason");
            }
        }
    }

    private CallStory() {}

    /** @param events all of the interaction, in the order in which they were written */
    static List<String> of(int part, List<Map<String, Object>> events) {
        CallStory story = new CallStory();
        for (Map<String, Object> event : events) {
            if ("REPLAYED".equals(event.get("event"))) {
                story.replay = event;
            } else if (number(event, "part") == part && number(event, "attempt") > 0) {
                story.take(event);
            }
        }
        List<String> lines = new ArrayList<>();
        story.calls.forEach((attempt, call) -> lines.add(line(attempt, call)));
        return lines;
    }

    private void take(Map<String, Object> event) {
        int attempt = number(event, "attempt");
        if ("CLAIMED".equals(event.get("event"))) {
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
                    .formatted(SafeName.log(String.valueOf(text(call.replay, "actor"))));
        }
        if (detail(call.claim).contains("may-repeat")) {
            again += ", marked may-repeat because an earlier call had no answer";
        }
        return "call %s, %s%s: %s".formatted(attempt, call.claim.get("at"), again, end(call));
    }

    private static String end(Call call) {
        String took = "";
        if (call.answer != null) {
            int status = number(call.answer, "httpStatus");
            took = " after %s ms".formatted(call.answer.get("latencyMs"));
            if (status / 100 == 2 && !"SENT".equals(call.answer.get("event"))) {
                return "HTTP %s%s, and not what CXone answers when it has a chat (%s). CXone may have it."
                        .formatted(status, took, SafeName.log(String.valueOf(text(call.answer, "reason"))));
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
        String reason = call.doubt == null ? call.given : text(call.doubt, "reason");
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
        return switch (reason) {
            case "CALL-CUT-OFF" -> "no answer, because its process ended before it came. CXone may have it.";
            case "NET-RESET", "NET-TLS" ->
                "no answer, because the connection broke (" + reason + "). CXone may have it.";
            case "NET-TIMEOUT" -> "no answer within cxone.call-deadline-ms. CXone may have it.";
            case "NET-CONNECT", "NET-DNS", "NET-PROXY" -> "no connection (" + reason + "). It did not arrive.";
            default -> SafeName.log(reason);
        };
    }

    private static String detail(Map<String, Object> event) {
        return event.get("detail") == null ? "" : event.get("detail").toString();
    }

    private static @Nullable String text(Map<String, Object> event, String name) {
        return event.get(name) == null ? null : event.get(name).toString();
    }

    /** A whole number of a row or event; 0 when it is missing. */
    static int number(Map<String, Object> event, String name) {
        return event.get(name) instanceof Number number ? number.intValue() : 0;
    }

    /** True when all calls carried the same bytes and therefore the same Idempotency-Key. */
    static boolean sameContent(List<Map<String, Object>> events) {
        return events.stream()
                        .map(event -> event.get("payloadHash"))
                        .filter(Objects::nonNull)
                        .distinct()
                        .count()
                <= 1;
    }
}
