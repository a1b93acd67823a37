package io.cxt.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Transcript;

/** Writes a transcript in the form in which transcripts come in. */
public final class TranscriptWriter {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.ALWAYS))
            .addMixIn(MessageTime.class, AsReceived.class)
            .build();

    private TranscriptWriter() {}

    /** A time is written as it was received. */
    private interface AsReceived {
        @JsonValue
        String text();
    }

    /** JSON on one line. */
    public static String text(Transcript transcript) throws JsonProcessingException {
        return JSON.writeValueAsString(transcript);
    }

    /** The same as a tree. */
    public static JsonNode tree(Transcript transcript) {
        return JSON.valueToTree(transcript);
    }
}
