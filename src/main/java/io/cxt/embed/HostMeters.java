package io.cxt.embed;

import io.cxt.ops.Gauges;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.apache.camel.CamelContext;

/** The host's meter registry, if it has Micrometer. */
final class HostMeters {
    private HostMeters() {}

    /** Empty when the host has no registry, or more than one. */
    static Optional<Gauges> of(CamelContext camel) {
        if (camel.getClassResolver().resolveClass("io.micrometer.core.instrument.MeterRegistry") == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(camel.getRegistry().findSingleByType(MeterRegistry.class))
                .map(Gauges::new);
    }
}
