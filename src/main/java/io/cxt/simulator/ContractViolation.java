package io.cxt.simulator;

/** A body that the contract does not allow. The message quotes what the customer wrote: a leak to be caught. */
final class ContractViolation extends Exception {

    private static final long serialVersionUID = 1L;

    ContractViolation(String message) {
        super(message, null, false, false);
    }
}
