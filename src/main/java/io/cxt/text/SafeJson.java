package io.cxt.text;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * JSON for people's screens: what steers a terminal, turns the direction of text or cannot be seen (control and C1
 * characters, format characters, line separators) is written as an escape. It means the same to a program.
 */
public final class SafeJson extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int DELETE = 0x7f;

    private SafeJson() {}

    /** A mapper is dear: make one when it is needed, and once. */
    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder(
                new JsonFactoryBuilder().characterEscapes(new SafeJson()).build());
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        int[] codes = standardAsciiEscapesForJSON();
        codes[DELETE] = ESCAPE_STANDARD;
        return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                new SerializedString("\\u%04x".formatted(c));
            default -> null;
        };
    }
}
