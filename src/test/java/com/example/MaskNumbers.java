package com.example;

import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Transcript;
import java.util.List;

/** Takes long numbers out of what was written. */
public class MaskNumbers {
    public Transcript mask(Transcript transcript) {
        List<ChatMessage> masked =
                transcript.messages().stream().map(MaskNumbers::mask).toList();
        return new Transcript(transcript.interactionId(), transcript.agentId(), transcript.customerId(), masked);
    }

    private static ChatMessage mask(ChatMessage message) {
        return new ChatMessage(
                message.id(),
                message.from(),
                message.to(),
                message.text() == null ? null : message.text().replaceAll("\\d{12,}", "[number]"),
                message.timestamp(),
                message.type(),
                message.format());
    }
}
