package io.cxt.model;

/**
 * Something that can happen next, as a whole.
 *
 * @param weight how likely it is, beside the others
 * @param words for the story of a schedule
 * @param tells true when it may change the ledger, or makes a call
 */
record Move(int weight, String words, boolean tells, Work work) {
    interface Work {
        void run() throws Exception;
    }

    /** One that changes nothing on record. */
    static Move silent(int weight, String words, Work work) {
        return new Move(weight, words, false, work);
    }

    static Move telling(int weight, String words, Work work) {
        return new Move(weight, words, true, work);
    }
}
