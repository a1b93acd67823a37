package io.cxt.bench;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;

/** A transcript as a tutorial has it: what Jackson makes of the JSON, with annotations. */
public record PlainTranscript(
        @NotBlank String interactionId,
        @NotBlank String agentId,
        @NotBlank String customerId,
        @NotEmpty @Size(max = 500) List<@NotNull @Valid Message> messages) {

    /** One message. */
    public record Message(
            @NotBlank String id,
            @NotNull @Valid Party from,
            @NotNull @Valid Party to,
            @NotNull String text,
            @NotBlank String timestamp,
            String type,
            String format) {}

    /** Who wrote it, or to whom. */
    public record Party(@NotBlank String id, @NotBlank String type) {}

    /** The body of the call, for Jackson to write. */
    public Map<String, Object> toRequest() {
        return Map.of(
                "channel",
                "webchat",
                "from",
                new Party(agentId, "agent"),
                "to",
                new Party(customerId, "customer"),
                "properties",
                Map.of("interactionId", interactionId),
                "messages",
                messages);
    }
}
