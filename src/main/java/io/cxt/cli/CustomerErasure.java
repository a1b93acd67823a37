package io.cxt.cli;

import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OrderRefused;
import io.cxt.retention.Erasure.Result;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Erases all chats of a customer, one after the other; those that were erased before are passed over. */
final class CustomerErasure {
    private final LedgerView view;
    private final String customer;
    private final Function<String, ChatErasure> erasures;
    private final Output output;
    private long erased;
    private long before;
    private long left;

    /**
     * @param customer as the ledger knows it
     * @param erasures makes that of one chat, by its id
     */
    CustomerErasure(LedgerView view, String customer, Function<String, ChatErasure> erasures, Output output) {
        this.view = view;
        this.customer = customer;
        this.erasures = erasures;
        this.output = output;
    }

    /** Does it and returns the exit code. */
    int run(boolean dryRun, String reason) throws IOException, SQLException {
        List<String> ids = view.lists().ofCustomer(customer, "");
        if (ids.isEmpty()) {
            throw new CommandRefused(Exit.USAGE, CustomerChats.NONE);
        }
        while (!ids.isEmpty()) {
            for (String id : ids) {
                one(id, dryRun, reason);
            }
            ids = view.lists().ofCustomer(customer, ids.get(ids.size() - 1));
        }
        sum(dryRun);
        return left > 0 && !dryRun ? Exit.PARTLY : Exit.GOOD;
    }

    private void one(String id, boolean dryRun, String reason) throws IOException, SQLException {
        ChatErasure erasure = erasures.apply(id);
        Result done = erasure.done();
        if (done != null) {
            before++;
            left += done.left().isEmpty() ? 0 : 1;
            say(id, erasure, done, null);
            return;
        }
        String hindrance = erasure.hindrance(dryRun);
        if (hindrance != null) {
            hindered(id, hindrance);
        } else if (dryRun) {
            erased++;
            say(id, erasure, erasure.look(), null);
        } else {
            try {
                ChatErasure.Erased gone = erasure.erase(reason);
                erased++;
                left += gone.result().left().isEmpty() ? 0 : 1;
                say(id, erasure, gone.result(), gone.certificate());
            } catch (OrderRefused e) {
                hindered(id, String.valueOf(e.getMessage()));
            }
        }
    }

    private void hindered(String id, String why) {
        left++;
        if (output == Output.json) {
            Output.item(Map.of("interaction", id, "customer", customer, "hindrance", why));
        } else {
            System.out.println("left: " + SafeName.log(id) + ": " + why);
        }
    }

    private void say(String id, ChatErasure erasure, Result result, @Nullable Path certificate) {
        if (output == Output.json) {
            Output.item(erasure.json(result, certificate));
            return;
        }
        System.out.println(SafeName.log(id) + ": "
                + result.removed().stream()
                        .map(each -> each.kind() + " " + each.items())
                        .collect(Collectors.joining(", ")));
        result.left().forEach(each -> System.out.println("left: " + SafeName.log(each.what()) + ": " + each.why()));
        erasure.inCxone().forEach(words -> System.out.println("  " + words));
    }

    private void sum(boolean dryRun) {
        if (output == Output.json) {
            Map<String, Object> sum = new LinkedHashMap<>();
            sum.put("customer", customer);
            sum.put(dryRun ? "wouldBeErased" : "erased", erased);
            sum.put("erasedBefore", before);
            sum.put("withSomethingLeft", left);
            Output.item(Map.of("sum", sum));
            Output.endOfItems();
            return;
        }
        System.out.println("customer %s: %s %serased, %s erased before, %s with something left"
                .formatted(customer, erased, dryRun ? "would be " : "", before, left));
        System.out.println(
                dryRun
                        ? "Nothing was removed"
                        : "Certificates are in data.dir/erased. What comes from this customer from now on is new, and is accepted"
                                + (left == 0 ? "" : ". Call it again when what is left can go"));
    }
}
