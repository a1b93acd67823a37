package io.cxt.intake;

import io.cxt.archive.Report;
import java.nio.file.Path;

/** A reading of a source for tests of the pickups, of which no ledger knows. */
public final class OpenReading {
    private OpenReading() {}

    public static SourceReading of(Source source, Path reports) {
        return new SourceReading(
                "of-a-test", source, new Report(reports, source.name()), 0, null, ByteBudget.Share.NONE);
    }
}
