package io.cxt.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrefixTest {
    private final Prefix prefix = new Prefix(List.of("deliver-part"), Set.of());

    @Test
    void each_configuration_that_a_route_names_gets_it() {
        assertThat(prefix.into("    routeConfigurationId: failures,retries\n"))
                .isEqualTo("    routeConfigurationId: cxt-failures,cxt-retries\n");
    }
}
