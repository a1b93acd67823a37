package io.cxt.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class NearestTest {

    @Property
    void a_bound_changes_no_number_within_it(
            @ForAll @StringLength(max = 12) @CharRange(from = 'a', to = 'c') String one,
            @ForAll @StringLength(max = 12) @CharRange(from = 'a', to = 'c') String other,
            @ForAll @IntRange(max = 8) int most) {
        int edits = Nearest.edits(one, other, Integer.MAX_VALUE - 1);

        assertThat(Math.min(Nearest.edits(one, other, most), most + 1)).isEqualTo(Math.min(edits, most + 1));
    }
}
