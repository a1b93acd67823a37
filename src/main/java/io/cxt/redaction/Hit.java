package io.cxt.redaction;

/**
 * A place where a rule found something.
 *
 * @param to the index after its last character
 * @param whole true when it is one value, and all of it
 * @param further true when it is counted with the piece before it
 */
record Hit(int from, int to, Rule rule, boolean whole, boolean further) {
    Hit(int from, int to, Rule rule) {
        this(from, to, rule, true, false);
    }
}
