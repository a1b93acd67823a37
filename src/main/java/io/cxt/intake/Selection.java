package io.cxt.intake;

import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Moment;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which chats of a source are brought in. The same settings select the same chats on each reading.
 *
 * @param since chats whose first message is at or after it; null for all
 * @param until chats whose first message is before it; null for all
 * @param limit the first so many of those in a source; 0 for all
 * @param percent of all chats, by the hash of their interaction ids; above 0, 100 for all
 * @param label what a person calls it, for report and audit; empty for nothing
 */
public record Selection(@Nullable Instant since, @Nullable Instant until, long limit, double percent, String label) {
    /** Selects all. */
    public static final Selection ALL = new Selection(null, null, 0, 100, "");

    private static final double ALL_HASHES = 0x1p64;
    private static final String OF_JOB = " select: ";
    private static final Pattern WORDS = Pattern.compile("(?:since=(\\S+) ?)?(?:until=(\\S+) ?)?(?:limit=(\\d+) ?)?"
            + "(?:sample=(\\S+)% ?)?(?:label=\"([A-Za-z0-9 ._-]+)\")?");

    /** What each pickup selects that can, by its name. */
    public static Map<String, Selection> ofPickups(Settings settings) {
        return Map.of("file", of("file", settings), "sftp", of("sftp", settings));
    }

    /** Reads and checks {@code pickup.<pickup>.select-*}; problems stay in the settings. */
    public static Selection of(String pickup, Settings settings) {
        String select = "pickup." + pickup + ".select-";
        Instant since = time(settings, select + "since");
        Instant until = time(settings, select + "until");
        if (since != null && until != null && !since.isBefore(until)) {
            settings.problem("%ssince is %s, which is not before %1$suntil, %s".formatted(select, since, until));
        }
        String sample = settings.optional(select + "sample").orElse("100%");
        double percent = sample.matches("\\d{1,3}(\\.\\d{1,6})?%")
                ? new BigDecimal(sample.substring(0, sample.length() - 1)).doubleValue()
                : 0;
        if (percent <= 0 || percent > 100) {
            settings.problem("%ssample is %s; allowed: above 0 and up to 100, such as 1%%"
                    .formatted(select, SafeName.log(sample)));
        }
        String label = settings.optional(select + "label").orElse("");
        if (!label.matches("[A-Za-z0-9 ._-]{0,64}")) {
            settings.problem("%slabel is %s; allowed: up to 64 of A-Z a-z 0-9 blank . _ -"
                    .formatted(select, SafeName.log(label)));
        }
        long limit = settings.number(select + "limit", 0, 0, 1_000_000_000);
        return new Selection(since, until, limit, percent, label);
    }

    /** What a job is about, in words, with what it selects. */
    public String withJob(String files) {
        String words = inWords();
        String others = files.replace(OF_JOB, " select; "); // names of files may say what they like
        return words == null ? others : others + OF_JOB + words;
    }

    /** What a job selects, from its words. @throws IllegalArgumentException when these were not made here */
    public static Selection ofJob(String filter) {
        int at = filter.lastIndexOf(OF_JOB);
        if (at < 0) {
            return ALL;
        }
        Matcher words = WORDS.matcher(filter.substring(at + OF_JOB.length()));
        if (!words.matches()) {
            throw new IllegalArgumentException("the job does not say what it selects");
        }
        return new Selection(
                words.group(1) == null ? null : Instant.parse(words.group(1)),
                words.group(2) == null ? null : Instant.parse(words.group(2)),
                words.group(3) == null ? 0 : Long.parseLong(words.group(3)),
                words.group(4) == null ? ALL.percent : Double.parseDouble(words.group(4)),
                words.group(5) == null ? "" : words.group(5));
    }

    private static @Nullable Instant time(Settings settings, String name) {
        Optional<String> text = settings.optional(name);
        Optional<Instant> time = text.flatMap(Moment::of);
        if (text.isPresent() && time.isEmpty()) {
            settings.problem("%s is %s; allowed: %s".formatted(name, SafeName.log(text.get()), Moment.FORMS));
        }
        return time.orElse(null);
    }

    /** True when no chat is left out. */
    public boolean all() {
        return since == null && until == null && limit == 0 && percent >= 100;
    }

    /** True for a chat of that time and sample, and for what cannot be judged: the rules say what is wrong with it. */
    public boolean takes(Entry entry) {
        if (!entry.readable()) {
            return true;
        }
        Optional<Instant> first = first(entry.transcript().messages());
        String id = entry.transcript().interactionId();
        return (first.isEmpty() || inRange(first.get())) && (id == null || percent >= 100 || inSample(id));
    }

    private static Optional<Instant> first(List<ChatMessage> messages) {
        return messages.stream()
                .filter(Objects::nonNull)
                .map(ChatMessage::timestamp)
                .filter(Objects::nonNull)
                .flatMap(time -> Optional.ofNullable(time.instant()).stream())
                .min(Instant::compareTo);
    }

    private boolean inRange(Instant first) {
        return (since == null || !first.isBefore(since)) && (until == null || first.isBefore(until));
    }

    private boolean inSample(String id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            long first = ByteBuffer.wrap(hash).getLong();
            double place = (first >>> 1) * 2.0 + (first & 1); // as a number without a sign
            return place < percent / 100 * ALL_HASHES;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** For report and audit, which chats, and what a person calls them; null when there is nothing to say. */
    public @Nullable String inWords() {
        List<String> words = new ArrayList<>();
        if (since != null) {
            words.add("since=" + since);
        }
        if (until != null) {
            words.add("until=" + until);
        }
        if (limit > 0) {
            words.add("limit=" + limit);
        }
        if (percent < 100) {
            words.add("sample=" + BigDecimal.valueOf(percent).toPlainString() + "%");
        }
        if (!label.isEmpty()) {
            words.add("label=\"" + label + "\"");
        }
        return words.isEmpty() ? null : String.join(" ", words);
    }
}
