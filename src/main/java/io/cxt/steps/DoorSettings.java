package io.cxt.steps;

import io.cxt.settings.Settings;

/**
 * What the doors need that are switched on.
 *
 * @param sftp null when that door is shut
 * @param jms null when that door is shut
 */
record DoorSettings(SftpSettings sftp, JmsSettings jms) {

    /** Reads and checks them; problems stay in the settings. */
    static DoorSettings from(Settings settings) {
        return new DoorSettings(SftpSettings.from(settings), JmsSettings.from(settings));
    }
}
