package io.cxt.embed;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/** The names of a Spring application's properties, which Camel can look up there but not list. */
final class SpringNames {
    private SpringNames() {}

    /** True where the host is on Spring, which also finds names that are written otherwise. */
    static boolean there(CamelContext camel) {
        return camel.getClassResolver().resolveClass("org.springframework.core.env.ConfigurableEnvironment") != null;
    }

    /** Those that begin so; none where the host is not on Spring. */
    static Stream<String> in(CamelContext camel, String area) {
        if (!there(camel)) {
            return Stream.empty();
        }
        return Optional.ofNullable(camel.getRegistry().findSingleByType(ConfigurableEnvironment.class)).stream()
                .flatMap(environment -> environment.getPropertySources().stream())
                .flatMap(source -> source instanceof EnumerablePropertySource<?> names
                        ? Arrays.stream(names.getPropertyNames())
                        : Stream.empty())
                .filter(name -> name.startsWith(area));
    }
}
