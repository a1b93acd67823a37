package io.cxt.steps;

import io.cxt.cxone.Answer;
import io.cxt.cxone.CxoneTarget;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.ledger.Delivery;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The log of parts that CXone has. */
final class SentLog {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReading.class);
    private static final Pattern ID_FORM = Pattern.compile("[\\w.:~@/+=-]{1,255}");

    /** The statuses with which CXone refused to close contacts, each logged as a warning once. */
    private final Set<Integer> notClosed = ConcurrentHashMap.newKeySet();

    /** True after the last part when CXone has put the parts into several conversations; logs that. */
    static boolean isSplit(TranscriptInFlight transcript, PartInFlight call, CxoneTarget target) {
        Set<String> conversations = new LinkedHashSet<>(transcript.conversationIds());
        String last = call.answer().conversationId();
        if (last != null) {
            conversations.add(last);
        }
        boolean split = call.part().last() && target.keepsOneConversation() && conversations.size() > 1;
        if (split) {
            LOG.warn(
                    "contact split interaction={} contacts={} next=\"{}\"",
                    SafeName.value(call.part().interactionId()),
                    conversations.stream().map(SentLog::shown).collect(Collectors.joining(",")),
                    Reason.DIGITAL_SPLIT_CONTACT.hint());
        }
        return split;
    }

    /** An id of CXone, or of a gateway, may be any text: the ledger has it as it came. */
    private static String shown(@Nullable String conversationId) {
        if (conversationId == null) {
            return "unknown";
        }
        return ID_FORM.matcher(conversationId).matches() ? conversationId : "\"not shown: no form of an id\"";
    }

    /** CXone has a part. Where a part is a message, only the last one of a transcript is worth a line. */
    void sent(Delivery delivery, Answer answer, CxoneTarget target, TranscriptInFlight transcript) {
        Part part = delivery.part();
        boolean each = target.recordsEachPart();
        boolean open = Reason.DIGITAL_NOT_CLOSED.is(answer.reason());
        if (open && notClosed.add(answer.httpStatus())) {
            LOG.warn(
                    "contact not closed interaction={} status={} next=\"{} The sent lines of others say it, too\"",
                    SafeName.value(part.interactionId()),
                    answer.httpStatus(),
                    Reason.DIGITAL_NOT_CLOSED.hint());
        }
        LOG.atLevel(each || part.last() ? Level.INFO : Level.DEBUG)
                .log(
                        "sent interaction={} conversation={} part={}/{} messages={} attempt={}{}{}",
                        SafeName.value(part.interactionId()),
                        shown(answer.conversationId()),
                        part.part(),
                        part.parts(),
                        each ? part.messages() : transcript.messages(),
                        delivery.attempts(),
                        delivery.doubted() ? " may-repeat=true" : "",
                        open ? " reason=" + answer.reason() : "");
    }
}
