package io.cxt.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The table of what CXone may do and what becomes of a transcript then: of all tests of a run, printed at its end. */
final class Verdicts implements BeforeAllCallback {
    private static final List<String> ROWS = new CopyOnWriteArrayList<>();

    /** @param posts all calls that reached it */
    static void add(String what, long posts, String verdict) {
        ROWS.add("%-50s | %d | %s".formatted(what, posts, verdict));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(Namespace.create(Verdicts.class)).getOrComputeIfAbsent("at the end", key ->
                (AutoCloseable) Verdicts::print);
    }

    private static void print() {
        System.out.println("CXone at its worst: what it does | posts | what becomes of the transcript");
        ROWS.forEach(System.out::println);
    }
}
