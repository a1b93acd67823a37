package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.cxone.Answer.Kind;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextStepTest {
    private static final String REPLAY = "cxt dead-letters replay 'CXONE-X/one'";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | Correct the transcript in the dead letter
            401 | Check cxone.client-id and CXONE_CLIENT_SECRET
            403 | scopes in cxone.scope
            404 | Check cxone.base-url, and the path that a gateway or proxy puts before
            405 | Check cxone.base-url, and the path that a gateway or proxy puts before
            407 | cxone.proxy-username and cxone.proxy-password-file
            408 | Nothing to fix: when CXone is well again, run: cxt dead-letters replay
            409 | look it up there. If it is this chat, there is nothing to fix and nothing to send
            410 | Check cxone.base-url
            413 | Set transcript.max-bytes (now 1048576) below that, for example to 524288
            415 | Check cxone.base-url, proxy and gateway
            421 | host name
            422 | Correct the transcript in the dead letter
            425 | Nothing to fix: when CXone is well again
            429 | Nothing to fix: when CXone is well again
            431 | headers are too large
            451 | by law
            500 | Nothing to fix: when CXone is well again
            501 | Nothing to fix in the transcript
            502 | Nothing to fix: when CXone is well again
            505 | Nothing to fix in the transcript
            511 | This network wants a sign-in
            307 | It is a redirect
            418 | the address, a proxy or the client
            """)
    @Tag("fault-117")
    void each_status_has_the_sentence_that_fits(int status, String words) {
        assertThat(NextStep.rejected(status, false, false, 700_000, 1_048_576, REPLAY))
                .contains(words);
    }

    @Test
    @Tag("fault-117")
    void every_status_of_a_dead_letter_says_what_to_do_and_none_without_a_fault_says_correct() {
        for (int status = 300; status < 600; status++) {
            Kind kind = Answers.kind(status);
            String rejected = NextStep.rejected(status, false, false, 5_000, 1_048_576, REPLAY);
            boolean ofTranscript = status == 400 || status == 422;

            assertThat(rejected.contains("Correct")).as("%s", status).isEqualTo(ofTranscript);
            if (!ofTranscript && status != 409) {
                assertThat(rejected).as("%s", status).contains(REPLAY).doesNotContainIgnoringCase("correct");
            }
            assertThat(NextStep.rejected(status, true, false, 5_000, 1_048_576, REPLAY))
                    .as("%s", status)
                    .startsWith(
                            "An earlier call may have arrived: look the interactionId up in CXone first, and if it is there,");
            if (kind == Kind.UNANSWERED || kind == Kind.UNAVAILABLE) {
                assertThat(NextStep.inDoubt(status, false, REPLAY))
                        .as("%s", status)
                        .contains("Look the interactionId up in CXone", REPLAY);
            }
        }
        assertThat(NextStep.inDoubt(409, false, REPLAY))
                .isEqualTo(
                        "CXone says it has it: look the interactionId up there. Nothing to fix, and nothing to send again.");
        assertThat(NextStep.inDoubt(200, false, REPLAY))
                .contains("The answer (HTTP 200) does not say that CXone has it");
        assertThat(NextStep.inDoubt(504, false, REPLAY)).contains("a gateway's, which cannot tell");
        assertThat(NextStep.inDoubt(null, false, REPLAY))
                .startsWith("A call may have arrived whose answer never came.");
        assertThat(NextStep.failed(REPLAY))
                .isEqualTo("Nothing to fix: when CXone is well again, run: %s.".formatted(REPLAY));
    }

    /** A person who deletes the letter of a chat whose first messages are there loses the others. */
    @Test
    void a_chat_of_several_parts_is_never_called_done_for_one_of_them() {
        for (String words : List.of(
                NextStep.inDoubt(null, true, REPLAY),
                NextStep.inDoubt(409, true, REPLAY),
                NextStep.rejected(409, false, true, 500, 1_048_576, REPLAY),
                NextStep.rejected(422, true, true, 500, 1_048_576, REPLAY))) {
            assertThat(words).contains("Do not delete the dead letter", REPLAY).doesNotContain("nothing to send");
        }
    }
}
