package io.cxt.cxone;

import io.cxt.settings.Settings;

/**
 * Makes a target. Each package that has one names its factory in
 * {@code META-INF/services/io.cxt.cxone.TargetFactory}, and is found by it.
 */
public interface TargetFactory {
    /** The word for {@code cxone.target}, as {@link CxoneTarget#name()} gives it. */
    String name();

    /** Reads the settings that only this target has; problems stay in the settings. */
    CxoneTarget make(Settings settings);
}
