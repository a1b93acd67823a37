package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FileHandlesTest {
    @Test
    void too_few_are_named_with_what_to_do() {
        assertThat(fault("199")).contains("may have 199 files", "ulimit -n 4096", "LimitNOFILE");
        assertThat(fault("200")).isNull();
        assertThat(fault("1073741816")).isNull();
        assertThat(fault("unlimited")).isNull();
        assertThat(FileHandles.fault(List.of())).isNull();
    }

    private static String fault(String most) {
        return FileHandles.fault(List.of(
                "Limit                     Soft Limit           Hard Limit           Units",
                "Max open files            %-21s4096                 files     ".formatted(most)));
    }
}
