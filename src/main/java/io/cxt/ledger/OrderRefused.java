package io.cxt.ledger;

/** What a person has ordered is not allowed; the message says what is. */
public final class OrderRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public OrderRefused(String message) {
        super(message);
    }
}
