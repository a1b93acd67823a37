package io.cxt.runtime;

import io.cxt.ops.HealthCondition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** A condition as a Camel health check: CXT is ready only while all of them hold. It stays live without them. */
final class Readiness extends AbstractHealthCheck {
    private final HealthCondition condition;

    private Readiness(HealthCondition condition) {
        super("cxt", condition.name());
        this.condition = condition;
    }

    static void addTo(CamelContext camel, List<HealthCondition> conditions) {
        HealthCheckRegistry registry =
                Objects.requireNonNull(HealthCheckRegistry.get(camel), "camel-health is on the class path");
        conditions.forEach(condition -> registry.register(new Readiness(condition)));
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
        Optional<String> fault = condition.fault().get();
        if (fault.isPresent()) {
            result.message(fault.get()).down();
        } else {
            result.up();
        }
    }
}
