package io.cxt.transcript;

import jakarta.validation.constraints.NotBlank;

/**
 * Who wrote a message, or whom it was written to.
 *
 * @param id the sender's own id of the person or bot
 * @param type the role, for example {@code agent}, {@code customer}, {@code bot}; passed on as it came
 */
public record Party(
        @NotBlank(message = "MSG-PARTY: needs an id") @Unpadded
        String id,

        @NotBlank(message = "MSG-PARTY: needs a type, for example agent or customer")
        String type) {}
