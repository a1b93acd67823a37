package io.cxt.cli;

import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.ledger.RecordedLetter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lists the chats of a customer: each part and each dead letter. A page of ids is in memory at a time. */
final class CustomerChats {
    static final String NONE =
            "The ledger knows nothing of this customer. The id must be as it stands in the chats. What came"
                    + " before the ledger knew customers has none: look for its interaction ids";

    private static final List<String> HEADER = List.of("INTERACTION", "PART", "OUTCOME", "AT", "SOURCE", "WHERE");

    private final LedgerView view;
    private final Output output;
    private final List<List<String>> rows = new ArrayList<>();

    CustomerChats(LedgerView view, Output output) {
        this.view = view;
        this.output = output;
    }

    /** @param customer as the ledger knows it */
    int print(String customer) {
        List<String> ids = view.lists().ofCustomer(customer, "");
        if (ids.isEmpty()) {
            throw new CommandRefused(Exit.USAGE, NONE);
        }
        while (!ids.isEmpty()) {
            ids.forEach(id -> one(id, customer));
            if (output == Output.table) {
                System.out.print(Output.table(HEADER, rows));
                rows.clear();
            }
            ids = view.lists().ofCustomer(customer, ids.get(ids.size() - 1));
        }
        if (output == Output.json) {
            Output.endOfItems();
        }
        return Exit.GOOD;
    }

    private void one(String id, String customer) {
        List<RecordedDelivery> parts = view.deliveries(id);
        List<RecordedLetter> letters = view.lists().open(id).stream()
                .filter(each -> each.interactionId() != null || customer.equals(each.customer()))
                .toList();
        boolean erased = view.erased(id);
        if (output == Output.json) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("interactionId", id);
            item.put("erased", erased);
            item.put("deliveries", parts);
            item.put("deadLetters", letters.stream().map(CustomerChats::json).toList());
            Output.item(item);
            return;
        }
        parts.forEach(part -> rows.add(List.of(
                id,
                part.part() + "/" + part.parts(),
                erased ? "erased" : part.state().word(),
                either(part.finishedAt(), part.receivedAt()),
                part.source() + "#" + part.sourceIndex(),
                part.archivedIn() == null ? "" : "archive " + part.archivedIn())));
        letters.forEach(letter -> rows.add(List.of(
                id,
                "",
                letter.outcome(),
                letter.decidedAt().toString(),
                letter.source() + "#" + letter.sourceIndex(),
                erased ? "" : "dead letter " + letter.name() + " of " + letter.instance())));
    }

    private static Map<String, Object> json(RecordedLetter letter) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", letter.name());
        json.put("instance", letter.instance());
        json.put("outcome", letter.outcome());
        json.put("reason", letter.reason());
        json.put("source", letter.source());
        json.put("sourceIndex", letter.sourceIndex());
        json.put("decidedAt", letter.decidedAt().toString());
        return json;
    }

    private static String either(@Nullable String at, @Nullable String otherwise) {
        return Objects.requireNonNullElse(at, Objects.requireNonNullElse(otherwise, ""));
    }
}
