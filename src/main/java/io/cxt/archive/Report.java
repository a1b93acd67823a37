package io.cxt.archive;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.files.DurableFiles;
import io.cxt.files.FolderUnavailableException;
import io.cxt.text.SafeJson;
import io.cxt.text.SafeName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of one source: counts that add up to what was read, and each refusal. Refusals go to a file at once, so that memory does not grow with them. Safe for several threads.
 */
public final class Report {
    private static final Logger LOG = LoggerFactory.getLogger(Report.class);
    private static final ObjectMapper JSON = SafeJson.mapper().build();

    /** Between the look for a free name and the renaming, another report must not get it. */
    private static final Object NAMING = new Object();

    private final Path folder;
    private final String source;
    private @Nullable Spool spool;
    private boolean written;

    /** What was noted, in a file until the report is written. */
    private record Spool(Path file, OutputStream out) {}

    /** @param source the source's name, made safe for logs */
    public Report(Path folder, String source) {
        this.folder = folder;
        this.source = source;
    }

    /** Notes a transcript that was not sent. */
    public synchronized void add(Refusal refusal) throws IOException {
        if (spool == null) {
            Path file = DurableFiles.temporary(folder);
            spool = new Spool(file, new BufferedOutputStream(Channels.newOutputStream(DurableFiles.create(file))));
        }
        OutputStream out = spool.out;
        try {
            if (written) {
                out.write(',');
            }
            written = true;
            out.write('\n');
            out.write(JSON.writeValueAsBytes(refusal));
        } catch (IOException e) {
            throw FolderUnavailableException.of(folder, e);
        }
    }

    /**
     * Writes the report, and never in the place of another.
     *
     * @param fileNames what it is named after: for 0 what fits best, then others, until one is free
     * @param forced true to force it to the disk: two forces for each file cost more than all else of a file with one
     *     chat, and where nobody has to act the ledger says all that the report says
     * @param times when the reading began and ended, by name
     * @param counts how many transcripts were read, and how many had each outcome
     * @param notes how often each thing was noted of transcripts: what a mapping left out, that an export was cut
     * @return the report's file
     */
    public synchronized Path write(
            IntFunction<String> fileNames,
            boolean forced,
            Map<String, String> times,
            Map<String, Long> counts,
            Map<String, Long> notes)
            throws IOException {
        DurableFiles.createFolder(folder);
        Path temporary = DurableFiles.temporary(folder);
        try (FileChannel channel = DurableFiles.create(temporary)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
            JsonGenerator json =
                    JSON.getFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("source", source);
            for (Map.Entry<String, String> time : times.entrySet()) {
                json.writeStringField(time.getKey(), time.getValue());
            }
            write(json, "counts", counts);
            if (!notes.isEmpty()) {
                write(json, "notes", notes);
            }
            json.writeFieldName("refusals");
            json.writeRawValue("[");
            json.flush();
            copyRefusals(out);
            json.writeRaw(written ? "\n  ]" : "]");
            json.writeEndObject();
            json.close();
            out.write('\n');
            out.flush();
            if (forced) {
                channel.force(true);
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw FolderUnavailableException.of(folder, e);
        } catch (RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Path file = name(temporary, fileNames);
        if (forced) {
            DurableFiles.force(folder);
        }
        return file;
    }

    private static void write(JsonGenerator json, String field, Map<String, Long> counts) throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }

    private Path name(Path temporary, IntFunction<String> fileNames) throws IOException {
        synchronized (NAMING) {
            Path file = folder.resolve(reportName(fileNames.apply(0)));
            for (int i = 1; file.toFile().exists(); i++) {
                file = folder.resolve(reportName(fileNames.apply(i)));
            }
            DurableFiles.renameUnforced(temporary, file);
            return file;
        }
    }

    private void copyRefusals(OutputStream out) throws IOException {
        if (spool != null) {
            spool.out.flush();
            Files.copy(spool.file, out);
        }
    }

    private static String reportName(String fileName) {
        return SafeName.file(fileName) + ".report.json";
    }

    /** Deletes the temporary file. */
    public synchronized void discard() {
        if (spool != null) {
            try {
                spool.out.close();
                Files.deleteIfExists(spool.file);
            } catch (IOException e) {
                LOG.warn(
                        "a temporary file stays name={} next=\"it is removed at the next start\"",
                        spool.file.getFileName());
            }
            spool = null;
        }
    }
}
