package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedRoutesTest {
    private static final String HAND_TO = "prepare-transcript";

    @TempDir
    Path scratch;

    private Path routes;

    @BeforeEach
    void copyRoutes() throws IOException {
        routes = RunningCxt.copyOfRoutes(scratch.resolve("routes"));
    }

    @Test
    void the_shipped_routes_lead_from_the_reading_to_the_look_up() {
        assertThat(ShippedRoutes.lead(routes, HAND_TO)).isTrue();
        assertThat(ShippedRoutes.lead(routes, "enqueue-transcript")).isFalse();
    }

    @Test
    void an_edited_route_between_the_two_is_not_passed_by() throws IOException {
        append("prepare-transcript.camel.yaml", "# mine\n");

        assertThat(ShippedRoutes.lead(routes, HAND_TO)).isFalse();
    }

    @Test
    void an_edited_route_elsewhere_does_not_matter_unless_it_intercepts() throws IOException {
        append("call-cxone.camel.yaml", "# mine\n");
        assertThat(ShippedRoutes.lead(routes, HAND_TO)).isTrue();

        append("mine.camel.yaml", "- interceptFrom:\n    uri: direct:prepare-transcript\n");

        assertThat(ShippedRoutes.lead(routes, HAND_TO)).isFalse();
    }

    private void append(String name, String text) throws IOException {
        Path file = routes.resolve(name);
        Files.writeString(file, (Files.exists(file) ? Files.readString(file) : "") + text);
    }
}
