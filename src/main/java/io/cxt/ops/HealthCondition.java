package io.cxt.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A condition that must hold for CXT to do its work.
 *
 * @param name as health shows it
 * @param fault why it does not hold, and what to do; empty when it holds
 */
public record HealthCondition(String name, Supplier<Optional<String>> fault) {}
