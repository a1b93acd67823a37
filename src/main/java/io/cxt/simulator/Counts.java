package io.cxt.simulator;

import java.util.Map;

/**
 * What has reached the stand-in so far, and how it was answered.
 *
 * @param signIns tokens issued
 * @param signInsRefused sign-ins that got no token
 * @param posts chat posts that arrived
 * @param accepted posts that were accepted, even if the answer was damaged or lost
 * @param acceptedDistinct distinct interactions and parts among them
 * @param repeats accepted posts whose interaction and part had been accepted before
 * @param repeatsChanged repeats whose body differed from the first
 * @param refused posts answered 300 and above, by status, including those of the rate limit
 * @param unanswered posts without an answer: reset or left hanging
 * @param rateLimited posts answered 429 by the rate limit; a scripted 429 is not one
 * @param callsDuringRetryAfter posts that arrived while an earlier {@code Retry-After} was still running
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
