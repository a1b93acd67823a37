package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.json.JsonElements;
import io.cxt.json.JsonElements.Element;
import io.cxt.json.StrictJsonReader;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chats of a JSON export, one at a time. The last one is held back until what stands behind the chats has been
 * read, since that may say that the export was cut.
 */
final class TemplateReader extends EntryIterator {
    private final Template mapping;
    private final JsonElements elements;
    private final TemplateChat chat;
    private long index;
    private @Nullable Entry held;
    private boolean begun;
    private boolean atEnd;
    private boolean intact = true; // as far as it has been read

    TemplateReader(Template mapping, InputStream in, ReadingOptions options) {
        this.mapping = mapping;
        this.elements = new JsonElements(in, mapping.path(), options.maxRecordBytes());
        this.chat = new TemplateChat(mapping, options);
    }

    @Override
    protected @Nullable Entry read() throws IOException {
        if (!begun) {
            begun = true;
            held = further();
        }
        Entry now = held;
        held = atEnd ? null : further();
        if (held == null && intact) {
            intact = false;
            return lastOf(now);
        }
        return now;
    }

    /** The next chat, or null at the end. */
    private @Nullable Entry further() throws IOException {
        Element element = elements.next();
        if (element == null) {
            atEnd = true;
            return null;
        }
        index++;
        Finding fault = element.finding();
        if (fault != null) {
            intact &= fault.rule() == Reason.JSON_RECORD_SIZE; // the only one after which it goes on
            return unread(element, fault);
        }
        StrictJsonReader.Read read = StrictJsonReader.read(element.text(), element.line());
        Finding said = read.finding();
        if (read.broken() && said != null) {
            elements.end();
            intact = false;
            return unread(
                    element,
                    new Finding(
                            said.rule(), said.line(), "", said.message() + "; the rest of the source was not read"));
        }
        if (said != null) {
            return new Entry(index, element.line(), element.raw(), null, List.of(said), List.of(), element.offset());
        }
        return TemplateChat.isOurs(read.node()) ? chat.ours(index, element) : chat.entry(index, element, read.node());
    }

    private Entry unread(Element element, Finding finding) {
        return new Entry(index, finding.line(), null, null, List.of(finding), List.of(), element.offset());
    }

    /** The last entry, with a note when the document says that it is not all there is; what is amiss comes behind it. */
    private @Nullable Entry lastOf(@Nullable Entry last) {
        byte[] around = elements.envelope();
        if (around.length == 0 || elements.envelopeTooLong()) {
            return last;
        }
        StrictJsonReader.Read read = StrictJsonReader.read(new String(around, StandardCharsets.UTF_8), 1);
        if (read.finding() != null) {
            String words = "what stands around the chats is not valid JSON, or has a field twice; the chats were read";
            return before(last, Reason.JSON_SYNTAX, words);
        }
        JsonNode count = mapping.count() == null ? null : read.node().at(mapping.count());
        long said = count != null && count.isIntegralNumber() ? count.asLong() : 0;
        if (last == null) {
            return said > 0
                    ? before(
                            null,
                            Reason.JSON_EMPTY,
                            "the document says it has %s chats, and holds none".formatted(said))
                    : null;
        }
        List<String> notes = new ArrayList<>(last.notes());
        if (said > index) {
            notes.add("export-cut:count=%s,here=%s".formatted(said, index));
        }
        if (mapping.next() != null && read.node().at(mapping.next()).isTextual()) {
            notes.add("export-goes-on");
        }
        return last.noted(notes);
    }

    /** The last entry as it is, if there is one, and then one that says what is amiss with the document. */
    private Entry before(@Nullable Entry last, Reason rule, String words) {
        long line = last == null ? 1 : last.line();
        long offset = last == null ? 0 : last.offset();
        List<Finding> findings = List.of(new Finding(rule, line, "", words));
        Entry amiss = new Entry(index + 1, line, null, null, findings, List.of(), offset);
        if (last == null) {
            return amiss;
        }
        held = amiss;
        return last;
    }

    @Override
    public void close() throws IOException {
        elements.close();
    }
}
