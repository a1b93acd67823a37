package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Prints audit events as a table. */
final class Events {
    private Events() {}

    static String table(List<AuditEntry> events) {
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
                events.stream().map(Events::row).toList());
    }

    private static List<String> row(AuditEntry event) {
        return Stream.of(
                        event.at(),
                        event.event(),
                        event.interactionId(),
                        event.part(),
                        event.source(),
                        event.httpStatus(),
                        event.attempt(),
                        event.latencyMs(),
                        event.reason(),
                        event.conversationId(),
                        event.detail(),
                        event.actor())
                .map(value -> Objects.toString(value, ""))
                .toList();
    }
}
