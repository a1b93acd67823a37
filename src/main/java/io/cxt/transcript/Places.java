package io.cxt.transcript;

/** Knows where the pieces of a transcript stand in a source of another form, for example in which row of a table. */
@FunctionalInterface
public interface Places {

    /**
     * The same finding in the words of the source.
     *
     * @param finding its pointer is into the transcript as the entry has it, in the entry's order of messages
     * @return with the line and the words that lead a person there; rule and pointer stay
     */
    Finding locate(Finding finding);
}
