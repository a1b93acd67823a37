package io.cxt.cli;

import java.util.List;
import java.util.Map;

/** Prints audit events as a table. */
final class Events {
    private static final List<String> COLUMNS = List.of(
            "at",
            "event",
            "interactionId",
            "part",
            "source",
            "httpStatus",
            "attempt",
            "latencyMs",
            "reason",
            "conversationId",
            "detail",
            "actor");

    private Events() {}

    static String table(List<Map<String, Object>> events) {
        return Output.table(
                List.of(
                        "AT",
                        "EVENT",
                        "INTERACTION",
                        "PART",
                        "SOURCE",
                        "HTTP",
                        "CALL",
                        "MS",
                        "REASON",
                        "CONVERSATION",
                        "DETAIL",
                        "ACTOR"),
                events.stream()
                        .map(event -> COLUMNS.stream()
                                .map(column -> event.get(column) == null
                                        ? ""
                                        : event.get(column).toString())
                                .toList())
                        .toList());
    }
}
