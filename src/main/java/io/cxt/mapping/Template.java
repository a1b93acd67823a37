package io.cxt.mapping;

import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.cxt.files.RereadableSource;
import io.cxt.json.ChatPlaces;
import io.cxt.json.StrictJsonReader;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Chats in somebody else's shape, with a JSLT template that makes a transcript of each.
 *
 * @param template compiled once; for all threads
 * @param file the template's file, for messages
 * @param form where the chats of a source stand
 * @param count JSON Pointer of the number of chats that the document says it has, or null
 * @param next JSON Pointer of the address where the export goes on, or null
 * @param refusals what a chat is that the template refuses, by the template's word for it
 * @param messages what is true of the messages of all chats
 * @param signs JSON Pointers that a chat of this form has and others have not; empty when the file does not say
 * @param asksDocument true when the template looks at what stands around a chat
 * @param asksFile true when it looks at the file
 */
record Template(
        @Nullable Expression template,
        String file,
        ForeignChats.Form form,
        @Nullable String count,
        @Nullable String next,
        Map<String, String> refusals,
        MessageRules messages,
        List<String> signs,
        boolean asksDocument,
        boolean asksFile)
        implements ChatFormat {

    private static final String REFUSE = "refuse.";
    private static final String EACH = "each";
    private static final String GROUP = "group";

    /** Chats in a document of JSON. Reads and checks what the file says; problems stay in the file. */
    static Template ofJson(MappingFile file) {
        String each = file.optional(EACH).orElse("/chats");
        ChatPlaces places = ChatPlaces.of("/chats");
        try {
            places = ChatPlaces.of(each);
        } catch (IllegalArgumentException e) {
            file.problem(
                    "each is %s; allowed: a dot for the document itself, or names with a / before each, for example /chats,"
                                    .formatted(e.getMessage())
                            + " /data/chats, or /docs/* for the values of an object; several with commas between");
        }
        ChatPlaces found = places;
        ForeignChats.Form form = (content, name, options) -> new JsonChats(content.open(), found, name, options);
        String inZip = file.optional("zip.files").orElse(null);
        if (inZip != null) {
            List<String> problems = new ArrayList<>();
            FileNames names = FileNames.of(inZip, problems);
            problems.forEach(problem -> file.problem(problem.replaceFirst("^files ", "zip.files ")));
            form = (content, name, options) -> ZipRecords.open(content, names, found, options);
        }
        if (file.optional(GROUP).isPresent() && file.optional("document.count").isPresent()) {
            file.problem("document.count counts records, and group makes chats of several; remove document.count");
        }
        return read(
                file,
                Set.of(EACH, "document.count", "document.next", GROUP, "zip.files"),
                file.optional(GROUP).isEmpty() ? form : grouped(form, file));
    }

    private static ForeignChats.Form grouped(ForeignChats.Form form, MappingFile file) {
        List<String> keys = file.optional(GROUP).orElse("").equals("folder") ? List.of() : pointers(file, GROUP);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return (content, name, options) ->
                new GroupedChats(form.open(content, name, options), keys, options.maxRecordBytes(), temporary);
    }

    /** Chats in a text, by patterns of lines. */
    static Template ofText(MappingFile file) {
        return read(file, TextForm.keys(), TextForm.read(file));
    }

    /** Chats in a document of XML. */
    static Template ofXml(MappingFile file) {
        String each = file.required(EACH, "the names that lead to a chat, for example /chats/chat");
        if (!each.isEmpty() && !each.matches("(/[^/\\s*]{1,64})+")) {
            file.problem("each is %s; allowed: names with a / before each, for example /chats/chat".formatted(each));
        }
        List<String> path = List.of(each.replaceFirst("^/", "").split("/"));
        return read(file, Set.of(EACH), (content, name, options) -> XmlChats.open(content.open(), path, options));
    }

    private static Template read(MappingFile file, Set<String> keys, ForeignChats.Form form) {
        Set<String> known = new TreeSet<>(keys);
        known.addAll(MessageRules.keys());
        known.add("template");
        file.refuseUnknown(known, REFUSE);
        String template =
                file.required("template", "the file beside this one with the JSLT, for example my-chats.jslt");
        Map<String, String> refusals = new HashMap<>();
        for (String word : file.under(REFUSE)) {
            refusals.put(word, file.optional(REFUSE + word).orElse(""));
        }
        String source = template.isEmpty() ? "" : text(file, template);
        return new Template(
                source.isEmpty() ? null : compile(file, template, source),
                template,
                form,
                pointer(file, "document.count"),
                pointer(file, "document.next"),
                refusals,
                MessageRules.read(file),
                pointers(file, "signs"),
                source.contains("$document"),
                source.contains("$file"));
    }

    private static @Nullable String pointer(MappingFile file, String key) {
        String pointer = file.optional(key).orElse(null);
        if (pointer == null || pointer.matches("(/[^/~]{1,64})+")) {
            return pointer;
        }
        file.problem("%s is %s; allowed: names with a / before each, for example /count or /page/count"
                .formatted(key, pointer));
        return null;
    }

    private static String text(MappingFile file, String template) {
        try (Reader reader = file.open(template)) {
            StringWriter text = new StringWriter();
            reader.transferTo(text);
            return text.toString();
        } catch (IOException e) {
            file.problem("template is %s, which cannot be read (%s); it must stand beside this file"
                    .formatted(template, e.getClass().getSimpleName()));
            return "";
        }
    }

    private static @Nullable Expression compile(MappingFile file, String template, String source) {
        try {
            return new Parser(new StringReader(source))
                    .withSource(template)
                    .withFunctions(TemplateFunctions.ALL)
                    .compile();
        } catch (JsltException e) {
            String said = e.getMessageWithoutLocation().lines().findFirst().orElse("");
            file.problem("template %s does not compile%s: %s".formatted(template, place(e), said));
        }
        return null;
    }

    private static List<String> pointers(MappingFile file, String key) {
        List<String> pointers = new ArrayList<>();
        for (String pointer : file.optional(key).map(all -> all.split(",")).orElse(new String[0])) {
            pointers.add(pointer.strip());
            if (!pointer.strip().matches("(/[^/~]{1,64})+")) {
                file.problem("%s has %s; allowed: names with a / before each, for example /author/role"
                        .formatted(key, pointer.strip()));
            }
        }
        return pointers;
    }

    /** Not where a person has put a transcript in the place of the chat. */
    @Override
    public boolean keeps(RereadableSource letter, ReadingOptions options) throws IOException {
        try (InputStream content = letter.open()) {
            byte[] most = content.readNBytes(options.maxRecordBytes() + 1);
            if (most.length > options.maxRecordBytes()) {
                return true;
            }
            StrictJsonReader.Read read = StrictJsonReader.read(new String(most, StandardCharsets.UTF_8), 1);
            return read.finding() != null || !TemplateChat.isOurs(read.node());
        }
    }

    @Override
    public boolean fits(RereadableSource content) throws IOException {
        if (signs.isEmpty()) {
            return false;
        }
        try (ForeignChats chats = form.open(content, "", ReadingOptions.DEFAULT)) {
            ForeignChat first = chats.next();
            return first != null
                    && first.finding() == null
                    && signs.stream().noneMatch(sign -> first.node().at(sign).isMissingNode());
        }
    }

    /** Where in the template, in words; nothing when the exception does not know. */
    static String place(JsltException e) {
        return e.getLine() < 1 ? "" : " at line %s, column %s".formatted(e.getLine(), e.getColumn());
    }

    @Override
    public EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) throws IOException {
        return new TemplateReader(this, content, file, options);
    }
}
