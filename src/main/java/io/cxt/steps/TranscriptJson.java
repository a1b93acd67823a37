package io.cxt.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.cxt.intake.SiteStepException;
import io.cxt.json.TranscriptText;
import io.cxt.json.TranscriptWriter;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;

/** A transcript as JSON and back, for a site's own mapping steps such as JSLT. */
public final class TranscriptJson {
    private final ReadingOptions options;
    private final Map<String, Expression> templates = new ConcurrentHashMap<>();

    public TranscriptJson(ReadingOptions options) {
        this.options = options;
    }

    /** The transcript as JSON text, in the form in which transcripts come in. */
    public String toJson(@Body Transcript transcript) throws JsonProcessingException {
        return TranscriptWriter.text(transcript);
    }

    /** The same as a tree. */
    public static JsonNode tree(Transcript transcript) {
        return TranscriptWriter.tree(transcript);
    }

    /**
     * Reads what a mapping step made, by the same grammar as any source; the rules are checked afterwards.
     *
     * @param body JSON as text, bytes or a tree
     * @throws SiteStepException when it is no transcript; names the place and quotes nothing from it
     */
    public Transcript fromJson(@Body @Nullable Object body) throws SiteStepException {
        TranscriptText text = new TranscriptText(options);
        Transcript transcript = text.read(text(body), 1);
        if (transcript == null) {
            Finding first = text.findings().get(0);
            throw new SiteStepException("A mapping step made something that is no transcript: %s %s %s"
                    .formatted(first.rule().id(), first.pointer(), first.message()));
        }
        return transcript;
    }

    /**
     * The transcript as a JSLT template makes it; the rules are checked afterwards.
     *
     * @param template path of the file with the template; it is read once
     * @throws SiteStepException when it cannot be used or makes no transcript; names the place and quotes nothing of it
     */
    public Transcript jslt(Transcript transcript, String template) throws SiteStepException {
        try {
            Expression compiled = templates.get(template);
            if (compiled == null) {
                compiled = new Parser(new StringReader(Files.readString(Path.of(template)))).compile();
                templates.put(template, compiled);
            }
            return fromJson(compiled.apply(tree(transcript)));
        } catch (IOException e) {
            throw new SiteStepException("The template %s cannot be read (%s)"
                    .formatted(template, e.getClass().getSimpleName()));
        } catch (JsltException e) { // its own message quotes values
            throw new SiteStepException("The template %s does not compile, or cannot be applied, at line %s, column %s"
                    .formatted(template, e.getLine(), e.getColumn()));
        }
    }

    private static String text(@Nullable Object body) throws SiteStepException {
        if (body instanceof String text) {
            return text;
        }
        if (body instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (body instanceof JsonNode tree) {
            return tree.toString();
        }
        throw new SiteStepException("A mapping step handed on %s; give fromJson JSON as text, bytes or a tree"
                .formatted(body == null ? "nothing" : "a " + body.getClass().getName()));
    }
}
