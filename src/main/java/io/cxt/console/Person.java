package io.cxt.console;

/**
 * Who looks at the console.
 *
 * @param name an account of this machine, or what the reverse proxy says
 * @param readsText true for one who may read the text of chats
 */
record Person(String name, Role role, boolean readsText) {

    /** What a person may see; each role may see what the ones before it may. */
    enum Role {
        viewer,
        operator
    }

    /** A name as the audit has it. */
    static String inAudit(String name) {
        return name + " (console)";
    }

    boolean may(Role needed) {
        return role.compareTo(needed) >= 0;
    }
}
