package io.cxt.ledger;

import static io.cxt.fixture.Parts.again;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.Owner;
import io.cxt.fixture.SteppedClock;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a part stands by a row, where several instances share the ledger; no database is asked. */
class DeliveryAssessorTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Clock CLOCK = new SteppedClock(NOW);
    private static final Owner OWN = Owner.of("here");
    private static final Owner OTHER = Owner.of("there");
    private static final Part HELLO = part("ext-1", "hello");

    private static Standing standing(Part part, DeliveryRow row) {
        return assessor(true).assess(part, Optional.of(row), null).standing();
    }

    private static DeliveryAssessor assessor(boolean resendInDoubt) {
        return new DeliveryAssessor(OWN, false, resendInDoubt, CLOCK);
    }

    /** A row of {@link #HELLO} that another instance wrote. */
    private static Row row(DeliveryState state) {
        Row row = new Row();
        row.state = state;
        return row;
    }

    private static final class Row {
        private DeliveryState state = DeliveryState.SENT;
        private @Nullable String hash = HELLO.hash();
        private @Nullable String transcript = HELLO.hash();
        private Owner owner = OTHER;
        private long leaseUntil;
        private boolean calling;
        private boolean doubted;
        private boolean fed;
        private @Nullable String reason;
        private Part.Begun cut = new Part.Begun(3, 1);

        DeliveryRow read() {
            return new DeliveryRow(
                    state,
                    String.valueOf(hash),
                    "reading-1",
                    1,
                    owner.name(),
                    leaseUntil,
                    calling,
                    doubted,
                    1,
                    false,
                    fed,
                    null,
                    reason,
                    null,
                    transcript,
                    cut,
                    false);
        }
    }

    @Test
    void a_claim_of_another_instance_counts_until_its_lease_ends_and_an_own_one_does_not() {
        Row row = row(DeliveryState.SENDING);
        row.calling = true;
        row.leaseUntil = NOW.toEpochMilli() + 1;
        assertThat(standing(HELLO, row.read())).isEqualTo(Standing.BUSY);
        assertThat(new DeliveryAssessor(OWN, true, true, CLOCK)
                        .assess(HELLO, Optional.of(row.read()), null)
                        .standing())
                .isEqualTo(Standing.UNSENT);

        row.leaseUntil = NOW.toEpochMilli();
        assertThat(standing(HELLO, row.read())).isEqualTo(Standing.UNSENT);
        assertThat(assessor(false).assess(HELLO, Optional.of(row.read()), null).standing())
                .isEqualTo(Standing.PARKED);

        row.leaseUntil = NOW.toEpochMilli() + 1;
        row.owner = OWN;
        assertThat(standing(HELLO, row.read())).isEqualTo(Standing.UNSENT);
    }

    @Test
    void what_a_broker_may_have_brought_before_is_parked_where_the_site_wants_it() {
        assertThat(assessor(false)
                        .assess(HELLO, Optional.empty(), Reason.REDELIVERED)
                        .standing())
                .isEqualTo(Standing.PARKED);
        assertThat(assessor(false).assess(HELLO, Optional.empty(), null).standing())
                .isEqualTo(Standing.UNSENT);
        Delivery again = assessor(true).assess(HELLO, Optional.empty(), Reason.REDELIVERED);
        assertThat(again.standing()).isEqualTo(Standing.UNSENT);
        assertThat(again.doubt()).isEqualTo("REDELIVERED");
    }

    /** The settings of the target may have changed what is sent around one and the same transcript. */
    @ParameterizedTest
    @CsvSource({
        "SENT,     false, 3, 1, CONFLICT", // its copies are not made: they need what was sent
        "SENT,     true,  3, 1, DUPLICATE",
        "SENT,     true,  2, 1, CUT_OTHERWISE",
        "SENT,     true,  3, 2, CUT_OTHERWISE",
        "IN_DOUBT, true,  3, 1, CONFLICT",
        "IN_DOUBT, true,  3, 2, CUT_OTHERWISE",
        "FAILED,   true,  3, 1, CONFLICT",
        "FAILED,   true,  2, 1, CUT_OTHERWISE",
    })
    void another_request_of_the_same_transcript_is_a_duplicate_once_its_copies_are_made(
            DeliveryState state, boolean fed, int messages, int parts, Standing standing) {
        Row row = row(state);
        row.hash = "what was sent then";
        row.transcript = "whole";
        row.doubted = state == DeliveryState.FAILED;
        row.fed = fed;
        row.cut = new Part.Begun(messages, parts);

        assertThat(standing(again(HELLO, "reading-2").of("whole"), row.read())).isEqualTo(standing);
        assertThat(standing(again(HELLO, "reading-2").of("another"), row.read()))
                .isEqualTo(Standing.CONFLICT);
        assertThat(standing(withoutHash(again(HELLO, "reading-2")), row.read())).isEqualTo(Standing.CONFLICT);
    }

    private static Part withoutHash(Part part) {
        return new Part(
                part.target(),
                part.interactionId(),
                part.part(),
                part.parts(),
                part.messages(),
                part.payload(),
                part.hash(),
                null,
                part.notes(),
                part.origin(),
                null);
    }

    /** For example one that opens a contact: its content depends on the time. */
    @Test
    void a_part_without_messages_is_the_same_when_its_transcript_is() {
        byte[] payload = "opened at noon".getBytes(StandardCharsets.UTF_8);
        Part opens = Part.of("digital", "ext-1", 1, 2, 0, payload, List.of(), new Origin("2", "chats.json", 1, 1))
                .of("whole");
        Row row = row(DeliveryState.IN_DOUBT);
        row.hash = "opened in the morning";
        row.transcript = "whole";
        row.cut = new Part.Begun(0, 2);

        assertThat(standing(opens, row.read())).isEqualTo(Standing.UNSENT);
        assertThat(standing(opens.of("another"), row.read())).isEqualTo(Standing.CONFLICT);
    }

    @ParameterizedTest
    @CsvSource({
        "REJECTED, reading-1, TS-ORDER,    DECIDED_EARLIER",
        "REJECTED, reading-2, TS-ORDER,    UNSENT",
        "FAILED,   reading-1, CXONE-503,   DECIDED_EARLIER",
        "FAILED,   reading-1, LANE-CLOSED, UNSENT",
        "FAILED,   reading-2, CXONE-503,   UNSENT",
        "IN_DOUBT, reading-1, NET-RESET,   DECIDED_EARLIER",
        "IN_DOUBT, reading-1, LANE-CLOSED, UNSENT",
    })
    void what_was_decided_stands_for_its_reading_unless_no_call_could_be_made(
            DeliveryState state, String reading, String reason, Standing standing) {
        Row row = row(state);
        row.reason = reason;

        assertThat(standing(again(HELLO, reading), row.read())).isEqualTo(standing);
    }

    @Test
    void the_parts_that_cxone_may_have_end_at_the_first_that_it_has_not_or_that_is_of_another_transcript() {
        Row sent = row(DeliveryState.SENT);
        Row failed = row(DeliveryState.FAILED);
        Row doubted = row(DeliveryState.FAILED);
        doubted.doubted = true;
        Row calling = row(DeliveryState.SENDING);
        calling.calling = true;
        Row inDoubt = row(DeliveryState.IN_DOUBT);
        Row refused = row(DeliveryState.REJECTED);
        refused.doubted = true;
        Row other = row(DeliveryState.SENT);
        other.transcript = "another";
        String whole = HELLO.hash();

        assertThat(DeliveryAssessor.begun(
                        List.of(
                                sent.read(),
                                doubted.read(),
                                calling.read(),
                                inDoubt.read(),
                                failed.read(),
                                sent.read()),
                        whole))
                .hasSize(4)
                .containsOnly(new Part.Begun(3, 1));
        assertThat(DeliveryAssessor.begun(List.of(refused.read(), sent.read()), whole))
                .isEmpty();
        assertThat(DeliveryAssessor.begun(List.of(sent.read(), other.read()), whole))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "SENDING,  true,  NET-RESET, CALL-CUT-OFF",
        "SENDING,  false, NET-RESET, EARLIER-CALL",
        "IN_DOUBT, false, NET-RESET, NET-RESET",
        "IN_DOUBT, false, ,          EARLIER-CALL",
    })
    void why_a_call_may_have_arrived_is_told(
            DeliveryState state, boolean calling, @Nullable String reason, String doubt) {
        Row row = row(state);
        row.calling = calling;
        row.doubted = !calling;
        row.reason = reason;

        Delivery delivery = assessor(true).assess(again(HELLO, "reading-2"), Optional.of(row.read()), null);

        assertThat(delivery.doubt()).isEqualTo(doubt);
        assertThat(delivery.reason()).isEqualTo(reason);
    }

    @Test
    void a_transcript_is_partly_there_when_one_part_of_several_is() {
        Row alone = row(DeliveryState.SENT);
        Row ofSeveral = row(DeliveryState.SENT);
        ofSeveral.cut = new Part.Begun(3, 2);
        ofSeveral.fed = true;
        DeliveryAssessor assessor = assessor(true);
        Part second = part("ext-1", 2, 2, "two", new Origin("reading-1", "chats.json", 1, 1));

        assertThat(assessor.assess(HELLO, Optional.of(alone.read()), null))
                .returns(false, Delivery::partly)
                .returns(false, Delivery::fed)
                .returns(false, Delivery::archived);
        assertThat(assessor.assess(HELLO, Optional.of(ofSeveral.read()), null))
                .returns(true, Delivery::partly)
                .returns(true, Delivery::fed)
                .returns(false, Delivery::archived);
        assertThat(assessor.assess(HELLO, Optional.empty(), null).partly()).isFalse();
        assertThat(assessor.assess(second, Optional.empty(), null).partly()).isTrue();
    }
}
