package io.cxt.ledger;

import java.util.UUID;

/**
 * Who holds a claim: one run of one instance. A folder has one process at a time, so that whatever another run of the
 * same instance holds is held by nobody any more.
 *
 * @param instance name of the instance, from its folder, with a slash behind it
 * @param name of this run of it
 */
record Owner(String instance, String name) {

    /** A new run of the instance. */
    static Owner of(String instanceId) {
        String instance = instanceId + "/";
        return new Owner(instance, instance + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    }

    /** True when a claim is of this run, or of one of this instance that is over. */
    boolean isOurs(String owner) {
        return owner != null && owner.startsWith(instance);
    }
}
