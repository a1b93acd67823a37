package io.cxt.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the chats stand in a document of JSON, in the words of a mapping: {@code .} for the document itself; {@code /a/b}
 * for the elements of an array inside it; {@code /a/*} for the values of an object inside it, {@code /*} for those of the
 * document. Of several, the first that the document has is taken; the document itself when it has none of the others.
 */
public final class ChatPlaces {
    private static final String STEP = "/[^/~*,\\s][^/~*,]{0,63}";

    /** What a value looks like. */
    private static final String FORM = "(" + STEP + ")+(/\\*)?|/\\*|\\.";

    private final boolean whole;
    private final boolean memberOfDocument;
    private final List<byte[][]> paths = new ArrayList<>(); // without the star
    private final List<Boolean> members = new ArrayList<>();

    private ChatPlaces(List<String> values) {
        this.whole = values.contains(".");
        this.memberOfDocument = values.contains("/*");
        for (String value : values) {
            if (!value.equals(".") && !value.equals("/*")) {
                boolean star = value.endsWith("/*");
                String path = star ? value.substring(0, value.length() - 2) : value;
                paths.add(List.of(path.substring(1).split("/")).stream()
                        .map(name -> name.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new));
                members.add(star);
            }
        }
    }

    /**
     * @param values with commas between
     * @throws IllegalArgumentException with the value that is none
     */
    public static ChatPlaces of(String values) {
        List<String> all = new ArrayList<>();
        for (String value : values.split(",", -1)) {
            if (!value.strip().matches(FORM)) {
                throw new IllegalArgumentException(value.strip());
            }
            all.add(value.strip());
        }
        if (all.contains("/*") && all.size() > 1) { // every document has those
            throw new IllegalArgumentException("/* beside others");
        }
        return new ChatPlaces(all);
    }

    /** True when the document itself can be a chat, whatever it is. */
    public boolean whole() {
        return whole;
    }

    /** True when the values of the document's own fields are the chats. */
    boolean isMemberOfDocument() {
        return memberOfDocument;
    }

    /** The names that lead to the chats, one at least in each. */
    List<byte[][]> paths() {
        return paths;
    }

    /** True when the chats are the values of an object. */
    boolean isMembers(int path) {
        return members.get(path);
    }
}
