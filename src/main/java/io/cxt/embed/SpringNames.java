package io.cxt.embed;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/** Lists the property names of a Spring application; Camel can only look up one at a time. */
final class SpringNames {
    private SpringNames() {}

    /** True if the host is on Spring, whose binding also finds other spellings of a name. */
    static boolean there(CamelContext camel) {
        return camel.getClassResolver().resolveClass("org.springframework.core.env.ConfigurableEnvironment") != null;
    }

    /** The names that begin with {@code area}; none if the host is not on Spring. */
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
