package io.cxt.model;

import io.cxt.transcript.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Plays CXone: takes a post or not, and has a word for it or none. */
final class Tenant {
    /** What an instance hears of its post. */
    enum Word {
        YES,
        REFUSED,
        THROTTLED,
        UNAUTHORIZED,
        UNAVAILABLE,
        UNANSWERED
    }

    /**
     * A post that was made.
     *
     * @param taken true when CXone has the part now, whatever is heard of it
     * @param retryAfter of a 429; null when it names none
     */
    record Post(
            String instance,
            Part part,
            int attempt,
            long at,
            boolean taken,
            Word word,
            Duration retryAfter,
            String conversationId) {

        String key() {
            return part.interactionId() + "/" + part.part();
        }

        int httpStatus() {
            return switch (word) {
                case YES -> 201;
                case REFUSED -> 400;
                case THROTTLED -> 429;
                case UNAUTHORIZED -> 401;
                case UNAVAILABLE -> 503;
                case UNANSWERED -> 0;
            };
        }
    }

    final List<Post> posts = new ArrayList<>();
    /** Those whose word has reached a living instance and was put on record, as it said. */
    final List<Post> heard = new ArrayList<>();

    private final Random random;

    Tenant(Random random) {
        this.random = random;
    }

    Post post(String instance, Part part, int attempt, long at, boolean well) {
        int dice = well ? 0 : random.nextInt(100);
        Word word = dice < 45
                ? Word.YES
                : dice < 65
                        ? Word.UNANSWERED
                        : dice < 78
                                ? Word.THROTTLED
                                : dice < 88 ? Word.UNAVAILABLE : dice < 94 ? Word.REFUSED : Word.UNAUTHORIZED;
        boolean taken = word == Word.YES || word == Word.UNANSWERED && random.nextInt(3) > 0;
        Duration retryAfter = random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(20));
        String id = word == Word.YES ? "conv-" + posts.size() : null;
        Post post = new Post(instance, part, attempt, at, taken, word, retryAfter, id);
        posts.add(post);
        return post;
    }
}
