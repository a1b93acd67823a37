package io.cxt.cxone;

import io.cxt.settings.Settings;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The contracts with CXone that are here, by name. */
public final class Targets {
    private static final String DEFAULT = "conversations";

    private Targets() {}

    /** The one that {@code cxone.target} names; the default, and a problem in the settings, when there is none. */
    public static CxoneTarget of(Settings settings) {
        return factory(settings).make(settings);
    }

    /** The same for its rules alone, without a call: what else is not set is no problem. */
    public static CxoneTarget forRules(Settings settings) {
        return factory(settings).make(settings.separately());
    }

    private static TargetFactory factory(Settings settings) {
        Map<String, TargetFactory> known = new TreeMap<>();
        ServiceLoader.load(TargetFactory.class, Targets.class.getClassLoader())
                .forEach(factory -> known.put(factory.name(), factory));
        String name = settings.choice("cxone.target", DEFAULT, known.keySet().toArray(String[]::new));
        return Objects.requireNonNull(known.get(name), "the jar has lost META-INF/services");
    }
}
