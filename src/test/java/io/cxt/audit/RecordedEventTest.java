package io.cxt.audit;

import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEvent.Type;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of an event: CXT's own, and behind them what CXone said, which may look like one of ours. */
class RecordedEventTest {

    private static RecordedEvent told(@Nullable String detail) {
        AuditEvent event = AuditEvent.of(Type.RATE_LIMITED, part("ext-1", "hello"), 1);
        return new RecordedEvent("chain", "2026-01-01T00:00:00.000000Z", event.because(null, detail));
    }

    @Test
    void a_word_of_cxone_is_none_of_ours() {
        assertThat(told("retry-after=2 may-repeat").says("may-repeat")).isFalse();
        assertThat(told("may-repeat retry-after=2").says("may-repeat")).isTrue();
        assertThat(told("parts=1 retry-after=2 parts=9").value("parts")).isEqualTo("1");
        assertThat(told("retry-after=parts=9 parts=9").value("parts")).isNull();
        assertThat(told(null).says("may-repeat")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        ",                      taken-over",
        "no answer,             no answer taken-over",
        "retry-after=2 x,       taken-over retry-after=2 x",
        "trace=1 retry-after=2, trace=1 taken-over retry-after=2",
    })
    void a_word_is_added_before_what_cxone_said(@Nullable String detail, String with) {
        String added = RecordedEvent.with(detail, "taken-over");

        assertThat(added).isEqualTo(with);
        assertThat(told(added).says("taken-over")).isTrue();
    }
}
