package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cxt.json.StrictJsonReader;
import io.cxt.mapping.SortedRecords.Place;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chats of records that stand anywhere in a source, by a key that each record has. A template sees {@code key}, {@code folder}
 * and {@code records}, in the order of the source.
 *
 * <p>The records are sorted into temporary files by their key, which have no name once they are open: memory is one chat,
 * and where the records of one such file stand. The order of chats is the same in every reading.
 */
final class GroupedChats implements ForeignChats {
    private static final int PARTS = 256;
    private static final String RECORDS = "records";

    /** In bytes: what a record takes in memory besides its own. */
    private static final int OF_A_RECORD = 48;

    /** The same for a group, besides its key. */
    private static final int OF_A_GROUP = 200;

    /** What is known of the records of one part takes as much memory as so many chats. */
    private static final int CHATS_FOR_A_PART = 4;

    /** Before the number of a record that no key sorts; no folder begins so. */
    private static final char OTHER = 0;

    private final ForeignChats records;
    private final List<String> keys;
    private final int maxBytes;
    private final SortedRecords files;
    private @Nullable ForeignChat refused;
    private Iterator<Map.Entry<String, Group>> groups = Collections.emptyIterator();
    private int part = -1;
    private boolean sorted;

    /** The records of a chat, of which only the first is remembered once they are too long together. */
    private static final class Group {
        private final int maxBytes;
        private List<Place> places = new ArrayList<>(1);
        private long bytes;

        Group(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        boolean tooLong() {
            return bytes > maxBytes;
        }

        void add(Place place) {
            bytes += place.length() + OF_A_RECORD;
            if (!tooLong() || places.isEmpty()) {
                places.add(place);
            } else if (places.size() > 1) {
                places = new ArrayList<>(places.subList(0, 1));
            }
        }

        /** About as many bytes as it takes in memory. */
        long held() {
            return OF_A_GROUP + (long) places.size() * OF_A_RECORD;
        }
    }

    /**
     * @param keys JSON Pointers into a record, of which the first that it has is its key; none for the folder alone
     * @param folder gets the temporary files
     */
    GroupedChats(ForeignChats records, List<String> keys, int maxBytes, Path folder) {
        this.files = new SortedRecords(folder, PARTS);
        this.records = records;
        this.keys = keys;
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        if (!sorted) {
            sorted = true;
            sort();
        }
        while (refused == null && !groups.hasNext()) {
            if (++part == PARTS) {
                return null;
            }
            groups = places(part).entrySet().iterator();
        }
        ForeignChat fault = refused;
        if (fault != null) {
            refused = null;
            return fault;
        }
        Map.Entry<String, Group> group = groups.next();
        return chat(group.getKey(), group.getValue());
    }

    private void sort() throws IOException {
        long others = 0;
        ForeignChat record = records.next();
        while (record != null) {
            Finding fault = record.finding();
            if (fault != null) {
                refuseAll(record, fault);
                return;
            }
            boolean whole = isWhole(record.node());
            String key = whole ? null : key(record.node());
            if (key == null && !whole) {
                refuseAll(
                        record,
                        new Finding(Reason.MAP_FAILED, record.line(), "", "has none of the fields that group names"));
                return;
            }
            String of = key == null ? "" + OTHER + others++ : escaped(record.key()) + '\n' + key;
            int at = Math.floorMod(of.hashCode(), PARTS);
            files.add(at, of, record);
            record = records.next();
        }
        files.complete();
    }

    /** A record that cannot be read could be of any chat, and none goes out without it. */
    private void refuseAll(ForeignChat record, Finding fault) {
        String words = fault.message() + "; no chat of the source was read, since one could lack this record";
        refused = ForeignChat.refused(
                new Finding(fault.rule(), fault.line(), fault.pointer(), words), record.raw(), true, record.offset());
        part = PARTS - 1;
    }

    /** A part has more than memory holds: a sender has seen to that, or the source is very large. */
    private void refuseRest(long line) {
        String words =
                "has more chats in one of its %s parts than four times %s bytes hold; the rest of the source was not read"
                        .formatted(PARTS, maxBytes);
        refused = ForeignChat.refused(new Finding(Reason.JSON_RECORD_SIZE, line, "", words), null, true, 0);
        part = PARTS - 1;
    }

    /** True for a chat that was grouped before, or that is in our own form: it goes as it is. */
    private static boolean isWhole(JsonNode record) {
        return record.has(RECORDS) && record.has("key") || TemplateChat.isOurs(record);
    }

    private @Nullable String key(JsonNode record) {
        if (keys.isEmpty()) {
            return "";
        }
        return keys.stream()
                .map(record::at)
                .filter(value -> value.isValueNode()
                        && !value.isNull()
                        && !value.asText().isEmpty())
                .map(JsonNode::asText)
                .findFirst()
                .orElse(null);
    }

    /** As it would stand in JSON, so that no folder has the characters that keep it from the key. */
    private static String escaped(@Nullable String folder) {
        String quoted = TextNode.valueOf(Objects.requireNonNullElse(folder, "")).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String unescaped(String folder) {
        return StrictJsonReader.read('"' + folder + '"', 1).node().asText();
    }

    private Map<String, Group> places(int of) throws IOException {
        Map<String, Group> places = new LinkedHashMap<>();
        long[] held = new long[1];
        files.each(of, (key, place) -> {
            Group group = places.get(key);
            if (group == null) {
                group = new Group(maxBytes);
                places.put(key, group);
                held[0] += 2L * key.length();
            } else {
                held[0] -= group.held();
            }
            group.add(place);
            held[0] += group.held();
            return held[0] <= (long) CHATS_FOR_A_PART * maxBytes;
        });
        if (held[0] <= (long) CHATS_FOR_A_PART * maxBytes) {
            return places;
        }
        refuseRest(places.values().iterator().next().places.get(0).line());
        return Map.of();
    }

    private ForeignChat chat(String of, Group group) throws IOException {
        List<Place> places = group.places;
        long line = places.get(0).line();
        if (group.tooLong() && of.charAt(0) != OTHER) {
            String words = "is longer than %s bytes, counting %s more for each record".formatted(maxBytes, OF_A_RECORD);
            return ForeignChat.refused(new Finding(Reason.JSON_RECORD_SIZE, line, "", words), null, false, 0);
        }
        if (of.charAt(0) == OTHER) {
            byte[] raw = files.read(part, places.get(0));
            JsonNode node = StrictJsonReader.read(new String(raw, StandardCharsets.UTF_8), line)
                    .node();
            return new ForeignChat(line, raw, node, null, null, false, 0);
        }
        int end = of.indexOf('\n');
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        chat.put("key", of.substring(end + 1)).put("folder", unescaped(of.substring(0, end)));
        ArrayNode list = chat.putArray(RECORDS);
        for (Place place : places) {
            String text = new String(files.read(part, place), StandardCharsets.UTF_8);
            list.add(StrictJsonReader.read(text, place.line()).node());
        }
        byte[] raw = chat.toString().getBytes(StandardCharsets.UTF_8);
        return new ForeignChat(line, raw, chat, null, null, false, 0);
    }

    @Override
    public Around around() {
        return records.around();
    }

    @Override
    public void close() throws IOException {
        files.close();
        records.close();
    }
}
