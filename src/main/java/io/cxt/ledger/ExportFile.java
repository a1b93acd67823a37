package io.cxt.ledger;

/**
 * A file of an old export as it was when a job on it was ordered.
 *
 * @param path absolute, without links
 * @param source its name as a source
 */
public record ExportFile(String path, String source, long bytes, long modifiedNanos) {}
