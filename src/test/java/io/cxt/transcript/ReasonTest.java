package io.cxt.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReasonTest {

    /** The table is made of the enum: after a change, paste what this test expects. */
    @Test
    void the_page_has_each_reason_with_meaning_and_hint() throws Exception {
        String page = Files.readString(Path.of("docs/troubleshooting.md"));

        assertThat(page.substring(page.indexOf("## Reasons")).lines().filter(line -> line.startsWith("| `")))
                .containsExactlyElementsOf(Arrays.stream(Reason.values())
                        .map(reason -> "| `%s` | %s | %s |".formatted(reason.id(), reason.meaning(), reason.hint()))
                        .toList());
    }

    @Test
    void each_word_leads_back_to_its_reason() {
        assertThat(Reason.values())
                .allSatisfy(reason ->
                        assertThat(Reason.of(reason.id().replace("nnn", "503"))).contains(reason));
        assertThat(Reason.CXONE_STATUS.id(503)).isEqualTo("CXONE-503");
        assertThat(Reason.PROXY_STATUS.id(407)).isEqualTo("PROXY-407");
        assertThat(Reason.of("CXONE-50")).isEmpty();
        assertThat(Reason.of("OF-A-LATER-VERSION")).isEmpty();
        assertThat(Reason.TS_ORDER.is("TS-ORDER")).isTrue();
        assertThat(Reason.TS_ORDER.is(null)).isFalse();
    }
}
