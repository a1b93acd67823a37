package io.cxt.simulator;

/** A body that violates the contract. The message quotes the customer, so that tests notice when CXT leaks it. */
final class ContractViolation extends Exception {

    private static final long serialVersionUID = 1L;

    ContractViolation(String message) {
        super(message, null, false, false);
    }
}
