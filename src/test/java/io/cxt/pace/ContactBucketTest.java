package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContactBucketTest {
    private static final long SECOND = 1_000_000_000L;
    private final ContactBucket bucket = new ContactBucket(new ContactBucket.Limit(10, 60), 0);

    @Test
    void a_refusal_is_about_the_contact_when_it_has_many_and_others_have_few() {
        assertThat(bucket.refused(100, 0)).isFalse();
        bucket.accepted();
        assertThat(bucket.refused(121, 1)).isTrue();

        bucket.accepted();

        assertThat(bucket.refused(122, 1)).isTrue();
    }

    @Test
    void it_is_about_all_while_too_few_others_are_accepted() {
        assertThat(bucket.refused(100, 0)).isFalse();
        bucket.accepted();

        assertThat(bucket.refused(120, 1)).isFalse();
    }

    /** Two of its four calls, beside 5 of 45 and 6 of 46. */
    @ParameterizedTest
    @CsvSource({"5, true", "6, false"})
    void it_is_about_the_contact_from_four_times_as_many_refusals_on(int othersRefused, boolean contact) {
        assertThat(bucket.refused(100, 7)).isFalse();
        bucket.accepted();
        bucket.accepted();

        assertThat(bucket.refused(142, 8 + othersRefused)).isEqualTo(contact);
    }

    @Test
    void it_waits_as_long_as_it_is_asked_to_or_longer_with_each_refusal() {
        bucket.refused(0, 0);
        assertThat(bucket.afterRefusal(0, Duration.ofSeconds(7))).isEqualTo(7 * SECOND);
        assertThat(bucket.afterRefusal(0, null)).isEqualTo(SECOND);
        assertThat(bucket.afterRefusal(0, Duration.ZERO)).isEqualTo(SECOND);

        bucket.refused(0, 0);
        assertThat(bucket.afterRefusal(5, null)).isEqualTo(2 * SECOND + 5);

        for (int i = 0; i < 100; i++) {
            bucket.refused(0, 0);
        }
        assertThat(bucket.afterRefusal(0, null)).isEqualTo(64 * SECOND);
    }

    @Test
    void earlier_calls_count_however_they_are_sorted() {
        ContactBucket.Limit limit = new ContactBucket.Limit(3, 60);

        ContactBucket after = ContactBucket.after(limit, 100 * SECOND, List.of(0L, SECOND));

        assertThat(after.ready(1)).isEqualTo(100 * SECOND);
    }
}
