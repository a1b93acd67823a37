package io.cxt.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of what docs/reliability.md reports on. */
@Timeout(300)
@Tag("slow")
class KillIT {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"false, 6, 6", "true, 4, 13"})
    @Tag("fault-1")
    @Tag("fault-2")
    @Tag("fault-3")
    @Tag("fault-4")
    @Tag("fault-5")
    @Tag("fault-6")
    @Tag("fault-140")
    void of_ten_kills_nothing_is_lost_and_each_repeat_is_marked(boolean postgresql, int kills, long seed)
            throws Exception {
        try (Site site = Site.open(folder, postgresql)) {
            KillRun run = new KillRun(site, seed);

            Verdict verdict = run.kill(kills);

            assertThat(verdict.good()).as(verdict.table(run.summary(""))).isTrue();
            assertThat(verdict.repeatsOfKills()).isLessThanOrEqualTo((long) run.kills() * Site.IN_HAND);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 2, 3", "true, 2, 5"})
    void message_by_message_nothing_is_lost_and_each_chat_keeps_its_order(boolean postgresql, int kills, long seed)
            throws Exception {
        try (DigitalKillRun run = new DigitalKillRun(folder, postgresql, seed)) {
            assertThat(run.kill(kills)).as(run.summary()).isEmpty();
        }
    }

    @Test
    @Tag("fault-127")
    @Tag("fault-128")
    void what_is_erased_while_all_is_killed_is_gone_and_all_else_is_there() throws Exception {
        try (Site site = Site.open(folder, false)) {
            EraseKillRun run = new EraseKillRun(site, 7);

            assertThat(run.kill(2)).as(run.summary("")).isEmpty();
        }
    }

    @Test
    @Tag("fault-16")
    void two_instances_share_a_folder_and_one_goes_on_when_the_other_is_killed() throws Exception {
        try (Site site = Site.open(folder, true)) {
            InstancesRun run = new InstancesRun(site);

            Verdict verdict = run.run(2, 600, Map.of());

            assertThat(run.complaints()).isEmpty();
            assertThat(verdict.good()).as(verdict.table("")).isTrue();
            assertThat(verdict.repeats()).isLessThanOrEqualTo(Site.IN_HAND);
        }
    }
}
