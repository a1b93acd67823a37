package io.cxt.pickup;

import com.fasterxml.jackson.core.JacksonException;
import io.cxt.intake.NotReceivedException;
import io.cxt.text.Utf8;
import java.io.ByteArrayInputStream;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectStreamException;
import java.io.Reader;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.TypeConversionException;
import org.apache.camel.component.file.GenericFile;
import org.jspecify.annotations.Nullable;

/**
 * The body that another route handed over, as bytes. Text becomes UTF-8 whatever charset the exchange names, because that
 * is the one that is read here; Camel would write a question mark for each character that the charset does not have.
 *
 * @param stream to be closed by the caller
 * @param decoded true when it was text, so that a length in bytes that came with it says nothing
 */
public record HandedOver(InputStream stream, boolean decoded) {
    /**
     * Takes the body of an exchange of ours, which forgets the sender's charset.
     *
     * @return null when there is none, or nothing that has bytes
     * @throws IOException when it cannot be read now; quotes nothing of it
     */
    public static @Nullable HandedOver of(Exchange exchange) throws IOException {
        exchange.setProperty(Exchange.CHARSET_NAME, "UTF-8");
        Message message = exchange.getMessage();
        message.removeHeader(Exchange.CHARSET_NAME);
        Object body = message.getBody();
        if (body == null) {
            return null;
        }
        if (body instanceof InputStream stream) {
            return new HandedOver(stream, false);
        }
        if (body instanceof CharSequence text) {
            return new HandedOver(new ByteArrayInputStream(Utf8.bytes(text.toString())), true);
        }
        if (body instanceof char[] text) {
            return new HandedOver(Utf8.stream(new CharArrayReader(text)), true);
        }
        if (body instanceof Reader text) {
            return new HandedOver(Utf8.stream(text), true);
        }
        try {
            if (body instanceof GenericFile<?> file && file.getCharset() != null) {
                Reader text = message.getBody(Reader.class);
                return text == null ? null : new HandedOver(Utf8.stream(text), true);
            }
            InputStream stream = message.getBody(InputStream.class);
            byte[] bytes = stream == null ? message.getBody(byte[].class) : null;
            return stream == null && bytes == null
                    ? null
                    : new HandedOver(stream == null ? new ByteArrayInputStream(bytes) : stream, false);
        } catch (TypeConversionException e) { // quotes the body
            if (!mayBeReadLater(e)) {
                return null;
            }
            throw new NotReceivedException("The body, a %s, cannot be read now"
                    .formatted(body.getClass().getName()));
        }
    }

    /** False when nothing but the kind of the body kept it from being read: the same fails again. */
    private static boolean mayBeReadLater(TypeConversionException fault) {
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
            boolean ofBody = cause instanceof ObjectStreamException || cause instanceof JacksonException;
            if (!ofBody && (cause instanceof IOException || cause instanceof SQLException)) {
                return true;
            }
        }
        return false;
    }
}
