package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chats of an export, one at a time. The last one is held back until what stands behind the chats has been
 * read, since that may say that the export was cut.
 */
final class TemplateReader extends EntryIterator {
    private final Template mapping;
    private final RereadableSource content;
    private final SourceFile file;
    private final ReadingOptions options;
    private final ForeignChats chats;
    private @Nullable TemplateChat chat;
    private long index;
    private @Nullable Entry held;
    private boolean begun;
    private boolean atEnd;
    private boolean intact = true; // as far as it has been read

    TemplateReader(Template mapping, RereadableSource content, SourceFile file, ReadingOptions options)
            throws IOException {
        this.mapping = mapping;
        this.content = content;
        this.file = file;
        this.options = options;
        this.chats = mapping.form().open(content, file.name(), options);
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
        ForeignChat foreign = atEnd ? null : chats.next();
        if (foreign == null) {
            atEnd = true;
            return null;
        }
        index++;
        Finding fault = foreign.finding();
        if (fault != null) {
            intact &= !foreign.ends();
            atEnd = foreign.ends();
            return new Entry(index, fault.line(), foreign.raw(), null, List.of(fault), List.of(), foreign.offset());
        }
        TemplateChat maker = chat;
        if (maker == null) {
            maker = new TemplateChat(mapping, variables(), options);
            chat = maker;
        }
        return TemplateChat.isOurs(foreign.node()) ? maker.ours(index, foreign) : maker.entry(index, foreign);
    }

    /** What the template sees of the source besides the chat. For what stands around the chats it is read once more. */
    private Map<String, JsonNode> variables() throws IOException {
        JsonNode around = MissingNode.getInstance();
        if (mapping.asksDocument()) {
            try (ForeignChats all = mapping.form().open(content, file.name(), options)) {
                ForeignChat each = all.next();
                while (each != null && !each.ends()) {
                    each = all.next();
                }
                around = all.around().node();
            }
        }
        Map<String, JsonNode> variables = new HashMap<>();
        variables.put("document", around.isMissingNode() ? NullNode.getInstance() : around);
        variables.put("file", mapping.asksFile() ? file.node() : NullNode.getInstance());
        return variables;
    }

    /** The last entry, with a note when the document says that it is not all there is; what is amiss comes behind it. */
    private @Nullable Entry lastOf(@Nullable Entry last) {
        ForeignChats.Around around = chats.around();
        if (around.finding() != null) {
            String words = "what stands around the chats is not valid JSON, or has a field twice; the chats were read";
            return before(last, Reason.JSON_SYNTAX, words);
        }
        JsonNode count = mapping.count() == null ? null : around.node().at(mapping.count());
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
        if (mapping.next() != null && around.node().at(mapping.next()).isTextual()) {
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
        chats.close();
    }
}
