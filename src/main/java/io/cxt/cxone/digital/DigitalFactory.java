package io.cxt.cxone.digital;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.TargetFactory;
import io.cxt.settings.Settings;

/** Makes the target {@code cxone-digital} of {@code cxone.digital.*}. */
public final class DigitalFactory implements TargetFactory {
    @Override
    public String name() {
        return Digital.NAME;
    }

    @Override
    public CxoneTarget make(Settings settings) {
        return new Digital(DigitalSettings.from(settings));
    }
}
