package io.cxt.mapping;

import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.Reader;
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
}
