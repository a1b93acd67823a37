package io.cxt.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.text.SafeJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log line as a JSON object: time (UTC), level, logger, event, a text for each {@code key=value} of the message, and the
 * whole message. Used in {@code config/logback.xml}; docs/recipes.md shows how. Exceptions are left out: their messages are not
 * ours.
 */
public final class JsonLines extends LayoutBase<ILoggingEvent> {
    private static final ObjectMapper JSON = SafeJson.mapper().build();
    private static final Pattern PAIR = Pattern.compile("(?:^| )([a-z][A-Za-z0-9.-]*)=(?:\"([^\"]*)\"|(\\S*))");

    @Override
    public String doLayout(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        fields.put("level", event.getLevel().toString());
        fields.put("logger", event.getLoggerName());
        fields.put("event", message);
        fields.put("message", message);
        Matcher pair = PAIR.matcher(message);
        for (int pairs = 0; pair.find(); pairs++) {
            if (pairs == 0) {
                fields.put("event", message.substring(0, pair.start()));
            }
            fields.putIfAbsent(pair.group(1), pair.group(2) == null ? pair.group(3) : pair.group(2));
        }
        try {
            return JSON.writeValueAsString(fields) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written as JSON", e);
        }
    }
}
