package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.cxt.files.RereadableSource;
import io.cxt.json.JsonElements;
import io.cxt.json.JsonElements.Element;
import io.cxt.json.StrictJsonReader;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON in somebody else's shape, with a JSLT template that makes a transcript of each chat.
 *
 * @param template compiled once; for all threads
 * @param file the template's file, for messages
 * @param path the names that lead to the array of chats in a document that has one inside
 * @param count JSON Pointer of the number of chats that the document says it has, or null
 * @param next JSON Pointer of the address where the export goes on, or null
 * @param refusals what a chat is that the template refuses, by the template's word for it
 */
record Template(
        @Nullable Expression template,
        String file,
        List<String> path,
        @Nullable String count,
        @Nullable String next,
        Map<String, String> refusals)
        implements ChatFormat {

    private static final String REFUSE = "refuse.";

    /** Reads and checks what the file says, and compiles the template; problems stay in the file. */
    static Template read(MappingFile file) {
        file.refuseUnknown(Set.of("template", "each", "document.count", "document.next"), REFUSE);
        String template =
                file.required("template", "the file beside this one with the JSLT, for example my-chats.jslt");
        String each = Objects.requireNonNullElse(pointer(file, "each", "/chats"), "/chats");
        Map<String, String> refusals = new HashMap<>();
        for (String word : file.under(REFUSE)) {
            refusals.put(word, file.optional(REFUSE + word).orElse(""));
        }
        return new Template(
                template.isEmpty() ? null : compile(file, template),
                template,
                List.of(each.substring(1).split("/")),
                pointer(file, "document.count", null),
                pointer(file, "document.next", null),
                refusals);
    }

    private static @Nullable String pointer(MappingFile file, String key, @Nullable String fallback) {
        String pointer = file.optional(key).orElse(fallback);
        if (pointer == null || pointer.matches("(/[^/~]{1,64})+")) {
            return pointer;
        }
        file.problem("%s is %s; allowed: names with a / before each, for example /chats or /data/chats"
                .formatted(key, pointer));
        return fallback;
    }

    private static @Nullable Expression compile(MappingFile file, String template) {
        try (Reader reader = file.open(template)) {
            return new Parser(reader).withSource(template).compile();
        } catch (JsltException e) {
            String said = e.getMessageWithoutLocation().lines().findFirst().orElse("");
            file.problem("template %s does not compile%s: %s".formatted(template, place(e), said));
        } catch (IOException e) {
            file.problem("template is %s, which cannot be read (%s); it must stand beside this file"
                    .formatted(template, e.getClass().getSimpleName()));
        }
        return null;
    }

    /** Where in the template, in words; nothing when the exception does not know. */
    static String place(JsltException e) {
        return e.getLine() < 1 ? "" : " at line %s, column %s".formatted(e.getLine(), e.getColumn());
    }

    @Override
    public EntryReader open(RereadableSource content, ReadingOptions options) throws IOException {
        return new TemplateReader(this, content.open(), options);
    }

    /**
     * The chats of a JSON export, one at a time. The last one is held back until what stands behind the chats has been
     * read, since that may say that the export was cut.
     */
    private static final class TemplateReader extends EntryIterator {
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
                                said.rule(),
                                said.line(),
                                "",
                                said.message() + "; the rest of the source was not read"));
            }
            if (said != null) {
                return new Entry(
                        index, element.line(), element.raw(), null, List.of(said), List.of(), element.offset());
            }
            return TemplateChat.isOurs(read.node())
                    ? chat.ours(index, element)
                    : chat.entry(index, element, read.node());
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
                String words =
                        "what stands around the chats is not valid JSON, or has a field twice; the chats were read";
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
}
