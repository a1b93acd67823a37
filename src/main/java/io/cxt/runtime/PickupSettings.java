package io.cxt.runtime;

import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpSettings;
import io.cxt.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What the doors need that are switched on.
 *
 * @param sftp null when that door is shut
 * @param jms null when that door is shut
 */
record PickupSettings(@Nullable SftpSettings sftp, @Nullable JmsSettings jms) {

    /** Reads and checks them; problems stay in the settings. */
    static PickupSettings from(Settings settings) {
        return new PickupSettings(SftpSettings.from(settings), JmsSettings.from(settings));
    }
}
