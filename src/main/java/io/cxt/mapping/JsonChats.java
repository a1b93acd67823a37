package io.cxt.mapping;

import io.cxt.json.ChatPlaces;
import io.cxt.json.JsonElements;
import io.cxt.json.JsonElements.Element;
import io.cxt.json.StrictJsonReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The chats of a JSON document. */
final class JsonChats implements ForeignChats {
    private final JsonElements elements;

    JsonChats(InputStream in, ChatPlaces places, ReadingOptions options) {
        this.elements = new JsonElements(in, places, options.maxRecordBytes());
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        Element element = elements.next();
        if (element == null) {
            return null;
        }
        Finding fault = element.finding();
        if (fault != null) { // a chat that is too long is the only one after which it goes on
            return ForeignChat.refused(fault, null, fault.rule() != Reason.JSON_RECORD_SIZE, element.offset());
        }
        StrictJsonReader.Read read = StrictJsonReader.read(element.text(), element.line());
        Finding said = read.finding();
        if (said == null) {
            return new ForeignChat(
                    element.line(), element.raw(), read.node(), element.key(), null, false, element.offset());
        }
        if (!read.broken()) {
            return new ForeignChat(element.line(), element.raw(), null, null, said, false, element.offset());
        }
        elements.end();
        String words = said.message() + "; the rest of the source was not read";
        return ForeignChat.refused(new Finding(said.rule(), said.line(), "", words), null, true, element.offset());
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
