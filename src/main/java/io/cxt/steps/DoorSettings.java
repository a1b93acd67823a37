package io.cxt.steps;

import io.cxt.settings.Settings;

/**
 * What the doors need that are switched on.
 *
 * @param jms null when that door is shut
 */
record DoorSettings(JmsSettings jms) {

    /** Reads and checks them; problems stay in the settings. */
    static DoorSettings from(Settings settings) {
        return new DoorSettings(JmsSettings.from(settings));
    }
}
