package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.RateLimit;
import io.cxt.simulator.Reply;
import io.cxt.simulator.digital.DigitalSwitches.OldDates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The channels, threads, contacts and messages; none is ever dropped. Callers that read or change what it returns hold its
 * monitor.
 */
final class MessageStore {

    /** What became of a message. */
    sealed interface Outcome {
        /** @param again true if it is the message that was there before */
        record Stored(StoredMessage message, boolean again) implements Outcome {}

        record Refused(int status, Violations why) implements Outcome {}

        /** The contact's limit has no room for so many nanoseconds. */
        record Early(long waitNanos) implements Outcome {}
    }

    private static final long FIRST_CONTACT = 349_196_096;
    private static final long OLD_MILLIS = 86_400_000;

    private final Map<String, StoredChannel> channels = new LinkedHashMap<>();
    private final List<StoredMessage> messages = new ArrayList<>();
    private final List<StoredContact> contacts = new ArrayList<>();
    private long threads;
    private long distinct;
    private long duplicates;
    private long sameAgain;
    private long earlyContact;

    /** Adds a channel, or changes one that is there. */
    synchronized void channel(ObjectNode fields) {
        channels.computeIfAbsent(fields.path("id").asText(), StoredChannel::new)
                .fields
                .setAll(fields);
    }

    synchronized List<StoredChannel> channels() {
        return List.copyOf(channels.values());
    }

    /** Empty also for one that is deleted. */
    synchronized Optional<StoredChannel> channel(String id) {
        return Optional.ofNullable(channels.get(id)).filter(channel -> !channel.deleted());
    }

    synchronized Optional<StoredContact> contact(String number) {
        long index = number.matches("\\d{1,18}") ? Long.parseLong(number) - FIRST_CONTACT : -1;
        return index < 0 || index >= contacts.size() ? Optional.empty() : Optional.of(contacts.get((int) index));
    }

    /** @param number from 1 */
    synchronized Optional<StoredMessage> message(long number) {
        return number < 1 || number > messages.size() ? Optional.empty() : Optional.of(messages.get((int) number - 1));
    }

    synchronized Outcome add(Arrival arrival) {
        DigitalSwitches switches = arrival.switches();
        StoredThread thread = arrival.channel().threads.get(arrival.threadId());
        if (thread != null && thread.locked) {
            return refused(arrival, switches.invalid(), "thread", "This thread takes no more messages.");
        }
        StoredContact open =
                thread == null || thread.contact == null || ended(thread.contact, switches) ? null : thread.contact;
        long wait = open == null ? 0 : take(open, arrival.nanos(), switches);
        if (wait > 0) {
            return new Outcome.Early(wait);
        }
        StoredMessage first = arrival.channel().messages.get(arrival.id());
        Outcome outcome = first == null ? null : duplicate(first, arrival);
        if (outcome != null) {
            return outcome;
        }
        boolean old = arrival.millis() - arrival.createdMillis() > OLD_MILLIS;
        if (old && switches.oldDates() == OldDates.REFUSED) {
            return refused(
                    arrival, switches.invalid(), "createdAtWithMilliseconds", "This value is too far in the past.");
        }
        long created = old && switches.oldDates() == OldDates.NOW ? arrival.millis() : arrival.createdMillis();
        return new Outcome.Stored(store(arrival, open == null ? newContact(arrival) : open, created, first), false);
    }

    private static Outcome refused(Arrival arrival, int status, String field, String message) {
        return new Outcome.Refused(
                status, Violations.of(field, message, arrival.message().path(field)));
    }

    /** Null when the message is stored like any other. */
    private @Nullable Outcome duplicate(StoredMessage first, Arrival arrival) {
        duplicates++;
        return switch (arrival.switches().duplicate()) {
            case NEW -> null;
            case CONFLICT -> refused(arrival, 409, "idOnExternalPlatform", "This value is already used.");
            case UNPROCESSABLE -> refused(arrival, 422, "idOnExternalPlatform", "This value is already used.");
            case SAME -> {
                first.count++;
                sameAgain++;
                yield new Outcome.Stored(first, true);
            }
        };
    }

    private StoredContact newContact(Arrival arrival) {
        StoredThread thread = arrival.channel().threads.computeIfAbsent(arrival.threadId(), id -> {
            threads++;
            return new StoredThread(arrival.channel(), id);
        });
        StoredContact contact = new StoredContact(
                FIRST_CONTACT + contacts.size(),
                thread,
                arrival.contact().path("direction").asText(arrival.direction()),
                author(arrival),
                arrival.millis(),
                limit(arrival.nanos(), arrival.switches()));
        take(contact, arrival.nanos(), arrival.switches());
        contacts.add(contact);
        thread.contact = contact;
        return contact;
    }

    private static StoredAuthor author(Arrival arrival) {
        return arrival.channel()
                .authors
                .computeIfAbsent(arrival.author().path("idOnExternalPlatform").asText(), StoredAuthor::new);
    }

    private StoredMessage store(
            Arrival arrival, StoredContact contact, long createdMillis, @Nullable StoredMessage first) {
        JsonNode about = arrival.contact();
        if (about.has("status")) {
            contact.status = about.path("status").asText();
            contact.statusMillis = arrival.millisOf(about.path("statusUpdatedAt"));
        }
        contact.setCustomFields(about.path("customFields"));
        StoredAuthor author = author(arrival);
        author.update(arrival.author());
        StoredMessage stored = new StoredMessage(messages.size() + 1, arrival, contact, author, createdMillis);
        messages.add(stored);
        contact.messages.add(stored);
        if (first == null) {
            distinct++;
            stored.count = 1;
            arrival.channel().messages.put(stored.externalId, stored);
        } else {
            first.count++;
            stored.next = first.next; // found in order by their numbers
            first.next = stored;
        }
        return stored;
    }

    private static boolean ended(StoredContact contact, DigitalSwitches switches) {
        return switch (switches.newContactAfter()) {
            case NEVER -> false;
            case CLOSED -> List.of("closed", "trashed").contains(contact.status);
            case RESOLVED -> List.of("closed", "trashed", "resolved").contains(contact.status);
        };
    }

    /** Nanoseconds until the contact can be changed, counted as an early call; 0 when this change counts. */
    synchronized long take(StoredContact contact, long nanos, DigitalSwitches switches) {
        if (!contact.limit.sameAs(switches.contactPerMinute() / 60, switches.contactBurst())) {
            contact.limit = limit(nanos, switches);
        }
        long wait = contact.limit.take(nanos);
        earlyContact += wait > 0 ? 1 : 0;
        return wait;
    }

    private static RateLimit limit(long nanos, DigitalSwitches switches) {
        return new RateLimit(switches.contactPerMinute() / 60, switches.contactBurst(), nanos);
    }

    /** The messages with these ids, in the order of acceptance; all for null. */
    synchronized Stream<StoredMessage> messages(@Nullable Collection<String> externalIds) {
        if (externalIds == null) {
            return messages.stream();
        }
        return externalIds.stream()
                .distinct()
                .flatMap(id -> channels.values().stream().map(channel -> channel.messages.get(id)))
                .flatMap(first -> Stream.iterate(first, each -> each != null, each -> each.next))
                .sorted(Comparator.comparingInt(message -> message.number));
    }

    /** What was accepted under each id, in the order of acceptance. */
    Stream<AcceptedMessage> accepted() {
        List<StoredMessage> all;
        synchronized (this) {
            all = new ArrayList<>(messages);
        }
        return all.stream()
                .filter(message -> message.count > 0)
                .map(message -> new AcceptedMessage(
                        message.thread().externalId,
                        message.externalId,
                        message.count,
                        message.number,
                        HexFormat.of().formatHex(message.sha256)));
    }

    /** One line for each: thread, id, count, order, hash, as {@link Reply#lines} has them. */
    void writeLines(Appendable out) throws IOException {
        for (Iterator<AcceptedMessage> all = accepted().iterator(); all.hasNext(); ) {
            AcceptedMessage each = all.next();
            out.append(Reply.column(each.thread())).append('\t');
            out.append(Reply.column(each.messageId())).append('\t');
            out.append(Integer.toString(each.count())).append('\t');
            out.append(Integer.toString(each.order())).append('\t');
            out.append(each.sha256()).append('\n');
        }
    }

    synchronized Sizes sizes() {
        return new Sizes(messages.size() + sameAgain, distinct, duplicates, threads, contacts.size(), earlyContact);
    }

    /** @param accepted messages accepted, including those that were there before */
    record Sizes(long accepted, long distinct, long duplicates, long threads, long contacts, long earlyContact) {}
}
