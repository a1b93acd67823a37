package io.cxt.redaction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.cxt.json.TranscriptWriter;
import io.cxt.settings.Settings;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Transcript;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code redaction.policy} takes out of chats. Whatever is left can be gone through again without a change. For all
 * threads.
 */
public final class Redaction {
    /** Takes nothing out. */
    public static final Redaction OFF = new Redaction(new Policy(List.of()), "", Originals.KEEP);

    private static final int SHORTEST_KEY = 32;
    private static final String NO_REGION = "ZZ";

    private final Policy policy;
    private final String label;
    private final Originals originals;
    private final boolean changesIds;

    /** What becomes of a file once all of it is decided. */
    public enum Originals {
        /** It stays as it came. */
        KEEP,
        /** What is left of it stays. */
        REPLACE,
        /** Nothing stays. */
        DELETE
    }

    private Redaction(Policy policy, String label, Originals originals) {
        this.policy = policy;
        this.label = label;
        this.originals = originals;
        this.changesIds = policy.rules().stream().anyMatch(Rule::ids);
    }

    /** Reads and checks {@code redaction.*} and the policy; problems stay in the settings. */
    public static Redaction from(Settings settings) {
        String name = settings.optional("redaction.policy").orElse("");
        String region = settings.optional("redaction.phone.region").orElse(NO_REGION);
        Originals originals =
                Originals.valueOf(settings.choice("redaction.originals", "keep", "keep", "replace", "delete")
                        .toUpperCase(Locale.ROOT));
        byte[] key = settings.secretText("redaction.key-file")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .orElse(null);
        if (key != null && key.length < SHORTEST_KEY) {
            settings.problem(
                    "redaction.key-file: it holds %s bytes; allowed: at least %s. Make one: head -c 32 /dev/urandom | base64"
                            .formatted(key.length, SHORTEST_KEY));
        }
        if (!region.matches("[A-Z]{2}")) {
            settings.problem(
                    "redaction.phone.region is %s; allowed: a country as two capitals, like US".formatted(region));
        }
        if (name.isEmpty()) {
            return OFF;
        }
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            settings.problem(
                    "redaction.policy is %s; allowed: the name of a file in config/redaction without its ending: A-Z a-z 0-9 _ -"
                            .formatted(name));
            return OFF;
        }
        PolicyFile file = PolicyFile.read(name, settings);
        if (file == null) {
            return OFF;
        }
        String version = file.version();
        Policy policy = new Policy(file.rules(region, key));
        if (policy.rule("phone") != null
                && !region.equals(NO_REGION)
                && !PhoneNumberUtil.getInstance().getSupportedRegions().contains(region)) {
            settings.problem(
                    "redaction.phone.region is %s; allowed: a country as two capitals, like US".formatted(region));
        }
        return new Redaction(policy, name + "/" + version + "/" + file.hash(region, key), originals);
    }

    /** True when a policy is set. */
    public boolean on() {
        return !label.isEmpty();
    }

    /** True when the policy may change ids, that of the customer with them. */
    public boolean changesIds() {
        return changesIds;
    }

    /** Name, version and hash of the policy: {@code cards/1/0123456789ab}. */
    public String label() {
        return label;
    }

    /** What becomes of files; they stay where no policy is set. */
    public Originals originals() {
        return originals;
    }

    /**
     * The entry with nothing in it that the policy takes out: its transcript, and its bytes, which are that transcript as
     * JSON. What could not be read is gone through as text. What was done is noted.
     *
     * @param judged its transcript with the messages in the order in which they are sent
     */
    public Entry left(Entry entry, @Nullable Transcript judged) {
        if (!on()) {
            return entry;
        }
        Map<String, Integer> counts = new TreeMap<>();
        if (judged == null) {
            byte[] raw = entry.raw() == null ? null : left(entry.raw(), counts);
            List<Finding> findings = entry.findings().stream()
                    .map(finding -> new Finding(
                            finding.rule(),
                            finding.line(),
                            policy.left(finding.pointer(), counts),
                            policy.left(finding.message(), counts)))
                    .toList();
            return entry.redacted(
                    null,
                    raw,
                    findings,
                    RedactionNotes.with(
                            entry.notes(), note -> policy.leftOfEscaped(note, new TreeMap<>()), label, counts));
        }
        String prefix = entry.idPrefix();
        Transcript received = entry.transcript();
        Transcript sent = prefix.isEmpty()
                ? received
                : withId(received, received.interactionId().substring(prefix.length()));
        Transcript left = new ChatTexts(policy, judged.messages(), counts).left(sent);
        return entry.redacted(
                prefix.isEmpty() ? left : withId(left, prefix + left.interactionId()),
                json(left), // as the sender knows it: a prefix is put before its id each time it is read
                entry.findings(),
                RedactionNotes.with(entry.notes(), note -> policy.leftOfEscaped(note, new TreeMap<>()), label, counts));
    }

    private static Transcript withId(Transcript transcript, String id) {
        return new Transcript(id, transcript.agentId(), transcript.customerId(), transcript.messages());
    }

    private static byte[] json(Transcript transcript) {
        try {
            return TranscriptWriter.text(transcript).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read as JSON can be written as JSON", e);
        }
    }

    /** The entry under the interaction id that is left of its own: what is looked up by it must be. */
    public Entry withIdLeft(Entry entry) {
        if (changesIds && entry.hint().interactionId() != null) {
            String left = policy.leftOfId(entry.hint().interactionId(), new TreeMap<>());
            return entry.hinting(new Entry.Hint(left, entry.hint().customerId()));
        }
        if (!changesIds || !entry.readable()) {
            return entry;
        }
        Transcript transcript = entry.transcript();
        String id = policy.leftOfId(transcript.interactionId(), new TreeMap<>());
        return id == null || id.equals(transcript.interactionId())
                ? entry
                : entry.redacted(withId(transcript, id), entry.raw(), entry.findings(), entry.notes());
    }

    /** What is left of text that could not be read as a transcript: UTF-8, or else byte by byte. */
    public byte[] left(byte[] text) {
        return on() ? left(text, new TreeMap<>()) : text;
    }

    private byte[] left(byte[] text, Map<String, Integer> counts) {
        Charset charset = StandardCharsets.UTF_8;
        String read;
        try {
            read = charset.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            charset = StandardCharsets.ISO_8859_1; // each byte a character, and back
            read = new String(text, charset);
        }
        String left = policy.leftOfEscaped(read, counts);
        return left.equals(read) ? text : left.getBytes(charset);
    }

    /** A stream into which text goes line by line, and what is left of it into the other; the same stream when off. */
    public OutputStream through(OutputStream into) {
        return on() ? new RedactedStream(into, this::left) : into;
    }

    /** A stream that looks at what goes into it, line by line, and keeps nothing. A flush ends the text. */
    public OutputStream looking(FoundInFile found) {
        return new RedactedStream(OutputStream.nullOutputStream(), new FoundInFile.Places(found, this::found));
    }

    /** How much each rule would take out of some text. */
    public Map<String, Integer> found(String text) {
        Map<String, Integer> counts = new TreeMap<>();
        if (on()) {
            policy.hits(EscapedText.of(text).plain())
                    .forEach(hit -> counts.merge(hit.rule().name(), 1, Integer::sum));
        }
        return counts;
    }

    /**
     * How much each rule would take out of a chat, by message; a number that goes on in the next one counts where it begins.
     *
     * @param messages in the order in which they are sent
     */
    public List<Map<String, Integer>> found(List<ChatMessage> messages) {
        return new ChatTexts(policy, messages, new TreeMap<>())
                .hits().stream()
                        .map(hits -> {
                            Map<String, Integer> counts = new TreeMap<>();
                            hits.stream()
                                    .filter(hit -> !hit.further())
                                    .forEach(hit -> counts.merge(hit.rule().name(), 1, Integer::sum));
                            return counts;
                        })
                        .toList();
    }

    /** Leaves the rules out, which may hold a key. */
    @Override
    public String toString() {
        return "Redaction[" + label + "]";
    }
}
