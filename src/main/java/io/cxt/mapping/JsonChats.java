package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.json.ChatPlaces;
import io.cxt.json.JsonElements;
import io.cxt.json.JsonElements.Element;
import io.cxt.json.StrictJsonReader;
import io.cxt.json.TranscriptReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The chats of a JSON document, or of lines of JSON: there, one that cannot be read is refused by itself. */
final class JsonChats implements ForeignChats {
    private final JsonElements elements;
    private final boolean arrays;

    /** @param fileName says whether it has one chat a line, where its first bytes do not show that */
    JsonChats(InputStream in, ChatPlaces places, String fileName, ReadingOptions options) {
        boolean lines = TranscriptReader.formOf(fileName).orElse(null) == TranscriptReader.Form.LINES;
        this.elements = new JsonElements(in, places, lines, options.maxRecordBytes());
        this.arrays = places.whole();
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        Element element = elements.next();
        if (element == null) {
            return null;
        }
        Finding fault = element.finding();
        if (fault != null) {
            return ForeignChat.refused(fault, element.raw(), elements.ended(), element.offset());
        }
        StrictJsonReader.Read read = StrictJsonReader.read(element.text(), element.line(), element.column());
        Finding said = read.finding() == null ? otherThanChat(element, read.node()) : read.finding();
        if (said == null) {
            return new ForeignChat(
                    element.line(), element.raw(), read.node(), element.key(), null, false, element.offset());
        }
        if (!read.broken() || elements.lines()) {
            return new ForeignChat(element.line(), element.raw(), null, null, said, false, element.offset());
        }
        elements.end();
        String words = said.message() + "; the rest of the source was not read";
        return ForeignChat.refused(new Finding(said.rule(), said.line(), "", words), null, true, element.offset());
    }

    /** A line can hold anything; what stands in a document is for the template to judge. */
    private @Nullable Finding otherThanChat(Element element, JsonNode node) {
        return !elements.lines() || node.isObject() || arrays && node.isArray()
                ? null
                : new Finding(Reason.JSON_TYPE, element.line(), "", "must be an object");
    }

    @Override
    public Around around() {
        byte[] around = elements.envelope();
        if (around.length == 0 || elements.envelopeTooLong()) {
            return Around.NOTHING;
        }
        StrictJsonReader.Read read = StrictJsonReader.read(new String(around, StandardCharsets.UTF_8), 1);
        return read.finding() == null
                ? new Around(read.node(), null)
                : new Around(Around.NOTHING.node(), read.finding());
    }

    @Override
    public void close() throws IOException {
        elements.close();
    }
}
