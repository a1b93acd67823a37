package io.cxt.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.transcript.Cutter.Range;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutterTest {

    private static final int WHOLE = 20;
    private static final int PART = 30;

    @Test
    void takes_as_many_messages_as_are_allowed_and_cuts_the_next_off() {
        Limits limits = new Limits(3, 1_000, true);

        assertThat(cut(limits, 1, 1, 1)).containsExactly(new Range(0, 3));
        assertThat(cut(limits, 1, 1, 1, 1)).containsExactly(new Range(0, 3), new Range(3, 4));
    }

    @Test
    @Tag("fault-50")
    void takes_as_many_bytes_as_are_allowed_and_cuts_at_the_next() {
        int whole = WHOLE + 40 + 1 + 40;

        assertThat(cut(new Limits(500, whole, true), 40, 40)).containsExactly(new Range(0, 2));
        assertThat(cut(new Limits(500, whole - 1, true), 40, 40)).containsExactly(new Range(0, 1), new Range(1, 2));
    }

    @Test
    void fills_a_part_to_the_last_byte() {
        int part = PART + 40 + 1 + 40;

        assertThat(cut(new Limits(500, part, true), 40, 40, 40, 40)).containsExactly(new Range(0, 2), new Range(2, 4));
        assertThat(cut(new Limits(500, part - 1, true), 40, 40, 40))
                .containsExactly(new Range(0, 1), new Range(1, 2), new Range(2, 3));
    }

    @Test
    void a_transcript_that_fits_whole_is_not_measured_as_a_part() {
        Limits limits = new Limits(500, WHOLE + 40, true);

        assertThat(cut(limits, 40)).containsExactly(new Range(0, 1));
        assertThat(refusals(limits, 40)).isEmpty();
        assertThat(refusals(new Limits(500, WHOLE + 43, true), 40, 2)).isEmpty();
    }

    @Test
    void a_single_message_is_measured_as_a_whole_and_refused_from_the_next_byte_on() {
        assertThat(refusals(new Limits(500, WHOLE + 40, true), 40)).isEmpty();
        assertThat(refusals(new Limits(500, WHOLE + 40, true), 41))
                .containsExactly(new Finding(
                        Reason.MSG_SIZE,
                        7,
                        "/messages/0",
                        "comes to 61 bytes as sent by itself; one request takes 60"));
    }

    @Test
    void every_message_that_does_not_fit_alone_in_a_part_is_refused() {
        Limits limits = new Limits(500, PART + 40, true);

        assertThat(refusals(limits, 40, 40)).isEmpty();
        assertThat(refusals(limits, 41, 40, 50))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.MSG_SIZE, "/messages/0"), tuple(Reason.MSG_SIZE, "/messages/2"));
    }

    @Test
    void without_splitting_both_limits_are_refused_and_both_figures_named() {
        assertThat(refusals(new Limits(3, 1_000, false), 1, 1, 1)).isEmpty();
        assertThat(refusals(new Limits(2, 50, false), 10, 10, 10))
                .containsExactly(
                        new Finding(Reason.MSG_LIMIT, 7, "/messages", "has 3 messages; one request takes 2"),
                        new Finding(Reason.SIZE_LIMIT, 7, "", "comes to 52 bytes as sent; one request takes 50"));
    }

    @Test
    void without_splitting_only_the_limit_that_is_broken_is_named() {
        assertThat(refusals(new Limits(2, 1_000, false), 1, 1, 1))
                .extracting(Finding::rule)
                .containsExactly(Reason.MSG_LIMIT);
        assertThat(refusals(new Limits(3, 50, false), 10, 10, 10))
                .extracting(Finding::rule)
                .containsExactly(Reason.SIZE_LIMIT);
    }

    @Test
    void sums_above_two_gigabytes_are_counted_right() {
        int[] huge = {Integer.MAX_VALUE - 100, Integer.MAX_VALUE - 100};

        assertThat(Cutter.cut(huge, WHOLE, PART, new Limits(500, Integer.MAX_VALUE, true)))
                .containsExactly(new Range(0, 1), new Range(1, 2));
    }

    @ParameterizedTest
    @CsvSource({"1, 500, 2000", "2, 7, 2000", "3, 500, 300", "4, 3, 300", "5, 1, 300", "6, 40, 5000"})
    void every_message_is_in_exactly_one_part_and_no_part_could_take_the_next_message(
            long seed, int maxMessages, int maxBytes) {
        int[] messages = new Random(seed).ints(200, 1, 200).toArray();
        Limits limits = new Limits(maxMessages, maxBytes, true);

        List<Range> parts = cut(limits, messages);

        int next = 0;
        for (Range part : parts) {
            assertThat(part.from()).isEqualTo(next);
            assertThat(fits(messages, part.from(), part.to(), limits)).isTrue();
            assertThat(part.to() == messages.length || !fits(messages, part.from(), part.to() + 1, limits))
                    .isTrue();
            next = part.to();
        }
        assertThat(next).isEqualTo(messages.length);
    }

    private static boolean fits(int[] messages, int from, int to, Limits limits) {
        int bytes = PART + Arrays.stream(messages, from, to).sum() + to - from - 1;
        return to > from && to - from <= limits.maxMessages() && bytes <= limits.maxBytes();
    }

    private static List<Range> cut(Limits limits, int... messages) {
        return Cutter.cut(messages, WHOLE, PART, limits);
    }

    private static List<Finding> refusals(Limits limits, int... messages) {
        return Cutter.refusals(messages, WHOLE, PART, limits, 7);
    }
}
