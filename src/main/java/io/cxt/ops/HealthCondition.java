package io.cxt.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that has to be so for CXT to do its work.
 *
 * @param name as shown in health
 * @param fault why it is not so, and what to do; empty when it is
 */
public record HealthCondition(String name, Supplier<Optional<String>> fault) {}
