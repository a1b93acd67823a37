package io.cxt.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The metrics of CXT. Dashboards rely on their names: never rename one that has shipped. */
public final class Gauges {
    /** How long a count from the ledger is reused. */
    private static final Duration COUNT_LASTS = Duration.ofSeconds(5);

    private final MeterRegistry meters;
    /** By result: to find one in the registry takes as long as a step of a route. */
    private final Map<String, Timer> calls = new ConcurrentHashMap<>();

    public Gauges(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Registers the current value of something. */
    public void gauge(String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value, now -> now.get().doubleValue())
                .description(help)
                .strongReference(true)
                .register(meters);
    }

    /** Like {@link #gauge}, one of several that a tag tells apart. */
    public void gauge(String name, String help, String tag, String value, Supplier<Number> now) {
        Gauge.builder(name, now, look -> look.get().doubleValue())
                .tag(tag, value)
                .description(help)
                .strongReference(true)
                .register(meters);
    }

    /** Like {@link #gauge}, from a query that several metrics share. */
    public <T> void gauge(String name, String help, Supplier<T> look, ToDoubleFunction<T> value) {
        gauge(name, help, () -> value.applyAsDouble(look.get()));
    }

    /** Registers how often something has happened since the start. */
    public void count(String name, String help, Supplier<Number> value) {
        FunctionCounter.builder(name, value, now -> now.get().doubleValue())
                .description(help)
                .register(meters);
    }

    /** Registers what runs here, as tags of a metric that is always 1. */
    public void running(String name, String help, String... tags) {
        Gauge.builder(name, () -> 1)
                .tags(tags)
                .description(help)
                .strongReference(true)
                .register(meters);
    }

    /** The query with its result cached for so long, so that scrapes do not become a load. */
    public static <T> Supplier<T> lasting(Duration time, Supplier<T> look) {
        return new Cached<>(look, time)::get;
    }

    /** Registers one gauge per tag, all from one query whose result is cached for some seconds. */
    public <T> void byTag(
            String name, String help, String tag, List<String> values, Supplier<T> look, TagValue<T> value) {
        Cached<T> cached = new Cached<>(look, COUNT_LASTS);
        for (String of : values) {
            ToDoubleFunction<Cached<T>> read = source -> value.of(source.get(), of);
            Gauge.builder(name, cached, read)
                    .tag(tag, of)
                    .description(help)
                    .strongReference(true)
                    .register(meters);
        }
    }

    /** The value for one tag from the result of a query. */
    public interface TagValue<T> {
        double of(T look, String tag);
    }

    /** Records how long a call took. */
    public void call(String result, Duration latency) {
        calls.computeIfAbsent(result, this::timer).record(latency);
    }

    private Timer timer(String result) {
        return Timer.builder("cxt.call")
                .description("Calls to CXone, from the first byte to the last of the answer")
                .tag("result", result)
                .serviceLevelObjectives(
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(2_500),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30))
                .register(meters);
    }

    private static final class Cached<T> {
        private final Supplier<T> look;
        private final Duration lasts;
        private @Nullable T value;
        private long at;

        Cached(Supplier<T> look, Duration lasts) {
            this.look = look;
            this.lasts = lasts;
        }

        synchronized T get() {
            long now = System.nanoTime();
            T current = value;
            if (current == null || now - at > lasts.toNanos()) {
                current = look.get();
                value = current;
                at = now;
            }
            return current;
        }
    }
}
