package io.cxt.ledger;

import io.cxt.fixture.Parts;
import java.nio.file.Path;

/** A process that claims a part and ends as if the power had gone: nothing is closed. */
public final class DyingProcess {

    private DyingProcess() {}

    /** @param arguments the ledger's folder */
    public static void main(String... arguments) throws Exception {
        Book book = Book.open(Path.of(arguments[0]));
        book.deliveries.claim(book.deliveries.lookUp(Parts.part("ext-1", "hello")));
        Runtime.getRuntime().halt(9);
    }
}
