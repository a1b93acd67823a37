package io.cxt.retention;

import java.nio.file.Path;
import java.util.Locale;

/** What CXT keeps, each kind with a property of its own. */
public enum Kept {
    /** Files in {@code inbox/.done}. */
    DONE("retention.done-days"),
    /** Files in {@code inbox/.failed}. */
    FAILED("retention.failed-days"),
    /** What was sent. */
    ARCHIVE("retention.archive-days"),
    /** What was not sent, with its reason. */
    DEAD_LETTERS("retention.dead-letters-days"),
    REPORTS("retention.reports-days"),
    /** Rows of {@code audit_record}. */
    FEED("retention.feed-days"),
    /** Audit events in the ledger. */
    LEDGER("retention.ledger-days"),
    /** Lines of the files of checkpoints. */
    CHECKPOINTS("retention.checkpoints-days");

    private final String property;

    Kept(String property) {
        this.property = property;
    }

    /** How many days it is kept; 0 for ever. */
    public String property() {
        return property;
    }

    /** As in audit and output: {@code dead-letters}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * True for what CXT puts into a folder. People keep notes there, and folders of their own.
     *
     * @param folder of this kind
     * @param file anywhere below it
     */
    boolean puts(Path folder, Path file) {
        String name = file.getFileName().toString();
        return switch (this) {
            case ARCHIVE -> name.endsWith(".ndjson.gz") || name.endsWith(".json");
            case REPORTS -> name.endsWith(".report.json");
            default -> folder.equals(file.getParent());
        };
    }
}
