package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.json.ChatPlaces;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * What a file probably is, and a first mapping for it. Only its beginning is read.
 *
 * @param form in words, for example {@code JSON}
 * @param fitting the mappings that read it as it is, whatever it is called
 * @param columns what stands in the columns of a table, a line each
 * @param drafts first mapping files by name, the {@code .properties} first; empty when nothing in it looks like messages
 */
public record MappingGuess(String form, List<Mapping> fitting, List<String> columns, Map<String, String> drafts) {
    private static final int LOOKED_AT = 256 * 1024;
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    /**
     * Looks at a file.
     *
     * @param name of the mapping to draft, without an ending
     */
    public static MappingGuess of(RereadableSource content, String name, String files, Mappings mappings)
            throws IOException {
        byte[] first;
        try (InputStream in = content.open()) {
            first = in.readNBytes(LOOKED_AT);
        }
        String text = text(first);
        List<Mapping> fitting = mappings.fitting(content);
        String begins = text.stripLeading();
        if (begins.startsWith("{") || begins.startsWith("[")) {
            MappingGuess json = json(content, name, files, fitting);
            if (json != null) {
                return json;
            }
        }
        if (begins.startsWith("<") && !begins.toLowerCase(Locale.ROOT).matches("(?s)<(!doctype )?html.*")) {
            return xml(content, name, files, fitting);
        }
        TableDraft table = begins.startsWith("<") ? null : TableDraft.of(wholeLines(text, first.length));
        if (table != null) {
            return new MappingGuess(
                    "a table", fitting, table.samples(), Map.of(name + ".properties", table.properties(files)));
        }
        return begins.startsWith("<")
                ? new MappingGuess("HTML, which no mapping reads by itself", fitting, List.of(), Map.of())
                : lines(text, name, files, fitting);
    }

    private static String wholeLines(String text, int read) {
        return read < LOOKED_AT ? text : text.substring(0, text.lastIndexOf('\n') + 1);
    }

    private static String text(byte[] bytes) {
        boolean two = bytes.length >= 2;
        if (two && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        }
        if (two && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
        }
        int whole = bytes.length; // a character may be cut at the end
        for (int cut = 0; cut < 4 && cut < whole; cut++) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, 0, whole - cut))
                        .toString()
                        .replaceFirst("^\ufeff", "");
            } catch (CharacterCodingException e) {
                continue;
            }
        }
        return new String(bytes, WINDOWS);
    }

    /** Null when it is no JSON. */
    private static @Nullable MappingGuess json(
            RereadableSource content, String name, String files, List<Mapping> fitting) throws IOException {
        for (String places : List.of(".", "/chats")) { // a document of one chat or more; else chats one by one
            try (ForeignChats chats =
                    new JsonChats(content.open(), ChatPlaces.of(places), "", ReadingOptions.DEFAULT)) {
                ForeignChat first = chats.next();
                if (first != null && first.finding() != null && first.finding().rule() == Reason.JSON_SYNTAX) {
                    return null;
                }
                JsonDraft draft = first == null || first.finding() != null ? null : JsonDraft.of(first.node());
                if (draft != null) {
                    return new MappingGuess("JSON", fitting, List.of(), drafts(draft, name, files, "jslt", ""));
                }
            }
        }
        return new MappingGuess("JSON", fitting, List.of(), Map.of());
    }

    private static Map<String, String> drafts(JsonDraft draft, String name, String files, String format, String outer) {
        Map<String, String> drafts = new LinkedHashMap<>();
        drafts.put(name + ".properties", draft.properties(files, name + ".jslt", format, outer));
        drafts.put(name + ".jslt", draft.template());
        return drafts;
    }

    private static MappingGuess xml(RereadableSource content, String name, String files, List<Mapping> fitting)
            throws IOException {
        List<String> path = chatPath(content);
        try (ForeignChats chats = XmlChats.open(content.open(), path, ReadingOptions.DEFAULT)) {
            ForeignChat first = path.isEmpty() ? null : chats.next();
            JsonDraft draft = first == null || first.finding() != null ? null : JsonDraft.of(first.node());
            if (draft == null) {
                return new MappingGuess("XML", fitting, List.of(), Map.of());
            }
            Map<String, String> drafts = drafts(draft, name, files, "xml", "/" + String.join("/", path));
            return new MappingGuess("XML", fitting, List.of(), drafts);
        }
    }

    /** The path of the element right below the outermost, or of the outermost when it has none with elements inside. */
    private static List<String> chatPath(RereadableSource content) throws IOException {
        try (InputStream in = new ByteArrayInputStream(content.open().readNBytes(LOOKED_AT))) {
            XMLStreamReader xml = XmlNodes.reader(in);
            String root = null;
            String child = null;
            int depth = 0;
            while (xml.hasNext()) {
                int event = xml.next();
                XmlNodes.refuseDocumentType(xml);
                if (event == XMLStreamConstants.START_ELEMENT) {
                    depth++;
                    root = depth == 1 ? xml.getLocalName() : root;
                    child = depth == 2 ? xml.getLocalName() : child;
                    if (depth == 4 && root != null && child != null) {
                        return List.of(root, child);
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    depth--;
                }
            }
            return root == null ? List.of() : List.of(root);
        } catch (XMLStreamException e) {
            return List.of();
        }
    }

    private static MappingGuess lines(String text, String name, String files, List<Mapping> fitting) {
        String draft = LineDraft.properties(text, files, name + ".jslt");
        return draft == null
                ? new MappingGuess("text", fitting, List.of(), Map.of())
                : new MappingGuess("text", fitting, List.of(), drafts(name, draft));
    }

    private static Map<String, String> drafts(String name, String properties) {
        Map<String, String> drafts = new LinkedHashMap<>();
        drafts.put(name + ".properties", properties);
        drafts.put(name + ".jslt", LineDraft.TEMPLATE);
        return drafts;
    }
}
