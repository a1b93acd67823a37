package io.cxt.runtime;

import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpSettings;
import io.cxt.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the enabled pickups.
 *
 * @param sftp null when that pickup is disabled
 * @param jms null when that pickup is disabled
 */
record PickupSettings(@Nullable SftpSettings sftp, @Nullable JmsSettings jms) {

    /** Reads and checks them; problems stay in the settings. */
    static PickupSettings from(Settings settings) {
        return new PickupSettings(SftpSettings.from(settings), JmsSettings.from(settings));
    }
}
