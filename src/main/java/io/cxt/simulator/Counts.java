package io.cxt.simulator;

import java.util.Map;

/**
 * What has reached the stand-in so far, and what became of it.
 *
 * @param signIns tokens given
 * @param signInsRefused sign-ins that got no token
 * @param posts chat posts that arrived
 * @param accepted posts that were let in, even when the answer was spoilt or lost
 * @param acceptedDistinct interactions and parts among them
 * @param repeats posts let in for an interaction and part that had been let in before
 * @param repeatsChanged repeats whose body was another than the first
 * @param refused posts answered 300 and above, by status, the rate limit's included
 * @param unanswered posts that got no answer: reset or hung up on
 * @param rateLimited posts answered 429 by the rate limit; a scripted 429 is not one
 * @param callsDuringRetryAfter posts that arrived while a {@code Retry-After} given earlier was still running
 * @param faults how often each fault was played on a post, by its text form
 */
public record Counts(
        long signIns,
        long signInsRefused,
        long posts,
        long accepted,
        long acceptedDistinct,
        long repeats,
        long repeatsChanged,
        Map<Integer, Long> refused,
        long unanswered,
        long rateLimited,
        long callsDuringRetryAfter,
        Map<String, Long> faults) {}
