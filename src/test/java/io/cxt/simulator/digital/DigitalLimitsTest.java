package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.RetryAfterForm;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigitalLimitsTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong();
    private DigitalStandIn standIn;
    private DigitalCaller caller;

    private void start(StandInSettings settings, DigitalSwitches switches) throws IOException {
        standIn = DigitalStandIn.start(settings.withNanoTime(nanos::get), switches);
        caller = new DigitalCaller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    private int create(String thread, int message) throws Exception {
        return caller.create(DigitalCaller.message(thread, thread + ":" + message, "hello"))
                .statusCode();
    }

    @Test
    void a_contact_takes_its_burst_and_then_seventeen_a_minute_the_status_included() throws Exception {
        start(StandInSettings.defaults(), DigitalSwitches.defaults());
        for (int i = 1; i <= 249; i++) {
            assertThat(create("t", i)).isEqualTo(201);
        }
        String contact = caller.get("messages?idOnExternalPlatform%5B%5D=t:1")
                .body()
                .replaceFirst("(?s).*\"contactNumber\":\"(\\d+)\".*", "$1");

        assertThat(caller.put("contacts/" + contact + "/status", "{\"status\":\"open\"}")
                        .statusCode())
                .isEqualTo(204);
        var early = caller.create(DigitalCaller.message("t", "t:250", "hello"));
        assertThat(early.statusCode()).isEqualTo(429);
        assertThat(early.headers().firstValue("Retry-After")).hasValue("4");
        assertThat(early.body()).contains("limit of this contact");
        assertThat(caller.put("contacts/" + contact + "/custom-fields", "[]").statusCode())
                .isEqualTo(429);
        assertThat(create("another", 1)).isEqualTo(201);
        nanos.addAndGet(60 * SECOND / 17 + 1);
        assertThat(create("t", 250)).isEqualTo(201);
        assertThat(create("t", 251)).isEqualTo(429);
        nanos.addAndGet(60 * SECOND);
        for (int i = 251; i <= 267; i++) {
            assertThat(create("t", i)).isEqualTo(201);
        }
        assertThat(create("t", 268)).isEqualTo(429);
        assertThat(standIn.counts())
                .returns(4L, DigitalCounts::earlyContact)
                .returns(0L, DigitalCounts::earlyTenant)
                .returns(0L, DigitalCounts::callsDuringRetryAfter);
    }

    @Test
    void the_tenant_has_its_own_limit_for_what_changes_contacts() throws Exception {
        start(StandInSettings.defaults().withRate(1, 2), DigitalSwitches.defaults());

        assertThat(create("a", 1)).isEqualTo(201);
        assertThat(create("b", 1)).isEqualTo(201);
        assertThat(create("c", 1)).isEqualTo(429);
        assertThat(caller.get("tags").statusCode()).isEqualTo(200);
        nanos.addAndGet(SECOND);
        assertThat(create("c", 1)).isEqualTo(201);
        assertThat(standIn.counts())
                .returns(1L, DigitalCounts::earlyTenant)
                .returns(0L, DigitalCounts::earlyContact)
                .returns(3L, DigitalCounts::accepted);
    }

    @ParameterizedTest
    @EnumSource(RetryAfterForm.class)
    void both_limits_tell_the_wait_in_the_form_that_is_set(RetryAfterForm form) throws Exception {
        start(
                StandInSettings.defaults().withRetryAfter(form).withRate(1, 2),
                DigitalSwitches.defaults()
                        .with("contactBurst", 1)
                        .with("contactPerMinute", 1)
                        .with("errorBodies", false));
        create("t", 1);

        var contact = caller.create(DigitalCaller.message("t", "t:2", "hello"));
        var tenant = caller.create(DigitalCaller.message("u", "u:1", "hello"));

        for (var early : new java.net.http.HttpResponse<?>[] {contact, tenant}) {
            assertThat(early.statusCode()).isEqualTo(429);
            assertThat(early.body()).isEqualTo("");
            var header = early.headers().firstValue("Retry-After");
            switch (form) {
                case SECONDS -> assertThat(header.orElseThrow()).matches("\\d+");
                case DATE ->
                    assertThat(ZonedDateTime.parse(header.orElseThrow(), DateTimeFormatter.RFC_1123_DATE_TIME))
                            .isNotNull();
                case NONE -> assertThat(header).isEmpty();
            }
        }
    }

    @Test
    void a_new_limit_of_contacts_counts_from_the_next_call() throws Exception {
        start(StandInSettings.defaults(), DigitalSwitches.defaults().with("contactBurst", 1));
        create("t", 1);
        assertThat(create("t", 2)).isEqualTo(429);

        standIn.set("contactPerMinute", 0);

        assertThat(create("t", 2)).isEqualTo(201);
        assertThat(create("t", 3)).isEqualTo(201);
    }

    @Test
    void a_message_cannot_be_found_before_the_lag_is_over() throws Exception {
        start(StandInSettings.defaults(), DigitalSwitches.defaults().with("searchLagMillis", 500));
        var created = DigitalCaller.json(caller.create(DigitalCaller.message("t", "t:1", "hello")));
        String contact = "contacts/" + created.at("/consumerContact/id").asText();
        nanos.addAndGet(SECOND / 2 - 1);

        assertThat(hits("messages?idOnExternalPlatform%5B%5D=t:1")).isZero();
        assertThat(hits(contact + "/messages")).isZero();
        assertThat(caller.get("messages/" + created.at("/message/id").asText()).statusCode())
                .isEqualTo(200);
        nanos.addAndGet(1);

        assertThat(hits("messages?idOnExternalPlatform%5B%5D=t:1")).isEqualTo(1);
        assertThat(hits(contact + "/messages")).isEqualTo(1);
    }

    private int hits(String path) throws Exception {
        return DigitalCaller.json(caller.get(path)).path("hits").asInt(-1);
    }
}
