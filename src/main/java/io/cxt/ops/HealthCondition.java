package io.cxt.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A condition that must hold for CXT to do its work.
 *
 * @param name as health shows it
 * @param fault why it does not hold, and what to do; empty when it holds
 * @param remark what a person should know while it holds; empty for nothing
 */
public record HealthCondition(String name, Supplier<Optional<String>> fault, Supplier<Optional<String>> remark) {
    /** Without a remark. */
    public HealthCondition(String name, Supplier<Optional<String>> fault) {
        this(name, fault, Optional::empty);
    }
}
