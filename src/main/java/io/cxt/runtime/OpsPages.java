package io.cxt.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.ops.WebServer;
import io.cxt.ops.WebServer.Mount;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheckHelper;

/** The pages that the program serves under {@code /observe}: health for probes, metrics for Prometheus. */
final class OpsPages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LEVEL = "full";
    private static final int UNAVAILABLE = 503;

    private OpsPages() {}

    /** The pages; metrics of the process are added to those of CXT. */
    static List<Mount> of(CamelContext camel, PrometheusMeterRegistry meters) {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        return List.of(
                health("", () -> HealthCheckHelper.invoke(camel, LEVEL)),
                health("/live", () -> HealthCheckHelper.invokeLiveness(camel, LEVEL)),
                health("/ready", () -> HealthCheckHelper.invokeReadiness(camel, LEVEL)),
                WebServer.get(
                        "/observe/metrics", "text/plain; version=0.0.4; charset=utf-8", request -> meters.scrape()));
    }

    private static Mount health(String kind, Supplier<Collection<Result>> look) {
        boolean readiness = kind.equals("/ready");
        return WebServer.get(
                "/observe/health" + kind, "application/json", request -> json(look.get(), readiness, request));
    }

    private static String json(Collection<Result> results, boolean readiness, RoutingContext request) {
        boolean up = HealthCheckHelper.isResultsUp(results, readiness);
        ObjectNode json = JSON.createObjectNode().put("status", up ? "UP" : "DOWN");
        ArrayNode checks = json.putArray("checks");
        for (Result result : results) {
            ObjectNode check = checks.addObject()
                    .put("name", result.getCheck().getId())
                    .put("status", result.getState().name());
            result.getError().ifPresent(fault -> check.put("error-message", inWords(fault)));
            result.getMessage().ifPresent(message -> check.put("message", message));
        }
        if (!up) {
            request.response().setStatusCode(UNAVAILABLE);
        }
        return json.toString();
    }

    private static String inWords(Throwable fault) {
        StringBuilder words = new StringBuilder(String.valueOf(fault.getMessage()));
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                words.append("; Caused by: ")
                        .append(cause.getClass().getCanonicalName())
                        .append(": ")
                        .append(cause.getMessage());
            }
        }
        return words.toString();
    }
}
