package io.cxt.redaction;

import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one chat, in the order in which they are sent. A card number may begin in one message and go on in the next
 * one of its party; the digits that one message asks for may be all that the next one says.
 */
final class ChatTexts {
    private final Policy policy;
    private final Map<String, Integer> counts;
    private final List<ChatMessage> messages;
    private final String[] texts;
    private final @Nullable Rule cards;
    private final @Nullable Rule codes;

    /** @param messages some may be null, and any field of one */
    ChatTexts(Policy policy, List<ChatMessage> messages, Map<String, Integer> counts) {
        this.policy = policy;
        this.counts = counts;
        this.messages = messages;
        this.texts = messages.stream()
                .map(message -> message == null || message.text() == null ? "" : message.text())
                .toArray(String[]::new);
        cards = policy.rule(PolicyFile.CARD);
        codes = policy.rule(PolicyFile.CVV);
    }

    /** What is left of a transcript that has these messages, perhaps in another order. */
    @SuppressWarnings("NullAway") // as below
    Transcript left(Transcript received) {
        for (int pass = 0; pass < Policy.mostPasses() && pass(Policy.asRuled(pass)); pass++) {}
        Map<ChatMessage, ChatMessage> byMessage = new IdentityHashMap<>();
        for (int i = 0; i < texts.length; i++) {
            ChatMessage message = messages.get(i);
            if (message != null) {
                byMessage.put(message, left(message, texts[i]));
            }
        }
        List<@Nullable ChatMessage> ordered = new ArrayList<>();
        received.messages().forEach(message -> ordered.add(message == null ? null : byMessage.get(message)));
        return new Transcript(id(received.interactionId()), id(received.agentId()), id(received.customerId()), ordered);
    }

    /** @return false when nothing was found */
    private boolean pass(boolean asRuled) {
        List<List<Hit>> hits = hits();
        boolean any = false;
        for (int i = 0; i < texts.length; i++) {
            if (!hits.get(i).isEmpty()) {
                any = true;
                texts[i] = Policy.apply(texts[i], hits.get(i), asRuled, counts);
            }
        }
        return any;
    }

    /** What is to be taken out of each text. */
    List<List<Hit>> hits() {
        List<List<Hit>> found = new ArrayList<>();
        for (String text : texts) {
            found.add(new ArrayList<>(policy.found(text)));
        }
        if (cards != null) {
            acrossMessages(cards, found);
        }
        if (codes != null) {
            answers(codes, found);
        }
        for (int i = 0; i < texts.length; i++) {
            if (!found.get(i).isEmpty()) {
                found.set(i, policy.merged(texts[i], found.get(i)));
            }
        }
        return found;
    }

    private void answers(Rule rule, List<List<Hit>> found) {
        for (int i = 1; i < texts.length; i++) {
            List<Hit> own = found.get(i);
            String before = texts[i - 1];
            String text = texts[i];
            CardCodes.answer(text, (from, to) -> {
                if (CardCodes.asked(before) && !rule.allows(text.substring(from, to))) {
                    own.add(new Hit(from, to, rule));
                }
            });
        }
    }

    private void acrossMessages(Rule rule, List<List<Hit>> found) {
        Map<String, List<Integer>> chains = new HashMap<>();
        for (int i = 0; i < texts.length; i++) {
            ChatMessage message = messages.get(i);
            String party = message == null || message.from() == null
                    ? ""
                    : message.from().type() + "\0" + message.from().id();
            List<Integer> chain = chains.computeIfAbsent(party, none -> new ArrayList<>());
            if (chain.isEmpty() || !endsInDigits(texts[chain.get(chain.size() - 1)]) || !beginsWithDigits(texts[i])) {
                across(rule, chain, found);
                chain.clear();
            }
            chain.add(i);
        }
        chains.values().forEach(chain -> across(rule, chain, found));
    }

    private void across(Rule rule, List<Integer> chain, List<List<Hit>> found) {
        if (chain.size() < 2) {
            return;
        }
        StringBuilder joined = new StringBuilder();
        int[] begins = new int[chain.size()];
        for (int i = 0; i < begins.length; i++) {
            begins[i] = joined.length();
            joined.append(texts[chain.get(i)]).append('\n');
        }
        rule.finder().find(joined.toString(), (from, to) -> {
            if (rule.allows(joined.substring(from, to))) {
                return;
            }
            int pieces = 0;
            for (int i = 0; i < begins.length; i++) {
                int length = texts[chain.get(i)].length();
                int first = Math.max(0, from - begins[i]);
                int after = Math.min(length, to - begins[i]);
                if (first < after && !(from >= begins[i] && to <= begins[i] + length)) {
                    found.get(chain.get(i)).add(new Hit(first, after, rule, false, pieces++ > 0));
                }
            }
        });
    }

    private static boolean endsInDigits(String text) {
        int at = text.length() - 1;
        while (at > 0 && Finder.separates(text.charAt(at))) {
            at--;
        }
        int begin = at > 0 && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
        return at >= 0 && Finder.digitAt(text, begin) >= 0;
    }

    private static boolean beginsWithDigits(String text) {
        int at = 0;
        while (at < text.length() && Finder.separates(text.charAt(at))) {
            at++;
        }
        return at < text.length() && Finder.digitAt(text, at) >= 0;
    }

    @SuppressWarnings("NullAway") // a record can hold a bad chat: what is missing stays missing
    private ChatMessage left(ChatMessage message, String text) {
        return new ChatMessage(
                id(message.id()),
                party(message.from()),
                party(message.to()),
                message.text() == null ? null : text,
                time(message.timestamp()),
                word(message.type()),
                word(message.format()));
    }

    @SuppressWarnings("NullAway") // as above
    private @Nullable Party party(@Nullable Party party) {
        return party == null ? null : new Party(id(party.id()), word(party.type()));
    }

    /** A time that is none is a text like others. */
    private @Nullable MessageTime time(@Nullable MessageTime time) {
        return time == null || time.instant() != null || time.text() == null
                ? time
                : MessageTime.of(policy.left(time.text(), counts));
    }

    private @Nullable String word(@Nullable String word) {
        return word == null ? null : policy.left(word, counts);
    }

    private @Nullable String id(@Nullable String id) {
        return policy.leftOfId(id, counts);
    }
}
