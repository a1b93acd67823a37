package io.cxt.simulator.digital;

import java.util.Map;

/**
 * What has reached the stand-in so far, and how it was answered.
 *
 * @param signIns tokens issued
 * @param signInsRefused sign-ins that got no token
 * @param posts messages that arrived
 * @param accepted messages that were accepted, even if the answer was damaged or lost
 * @param distinct distinct message ids among them
 * @param duplicates messages whose id was there before, however they were answered
 * @param threads threads with a message
 * @param contacts contacts opened
 * @param splitContacts contacts opened in a thread that had one before
 * @param refused calls answered 300 and above, by status
 * @param unanswered calls without an answer: reset or left hanging
 * @param earlyTenant calls that came while the limit of the tenant had no room
 * @param earlyContact calls that came while the limit of their contact had no room
 * @param callsDuringRetryAfter changes to contacts that arrived while a {@code Retry-After} for the tenant was still
 *     running
 * @param unknownFields fields that the contract does not name, in bodies otherwise read
 * @param calls the calls below {@code /dfo/3.0}, by name
 * @param faults how often each fault was played, by its text form; without those of sign-in
 */
public record DigitalCounts(
        long signIns,
        long signInsRefused,
        long posts,
        long accepted,
        long distinct,
        long duplicates,
        long threads,
        long contacts,
        long splitContacts,
        Map<Integer, Long> refused,
        long unanswered,
        long earlyTenant,
        long earlyContact,
        long callsDuringRetryAfter,
        long unknownFields,
        Map<String, Long> calls,
        Map<String, Long> faults) {}
