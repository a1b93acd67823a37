package io.cxt.cxone.conversations;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.HttpAddress;
import io.cxt.cxone.TargetFactory;
import io.cxt.settings.Settings;

/** Makes the target {@code conversations} of {@code cxone.base-url}. */
public final class ConversationsFactory implements TargetFactory {
    @Override
    public String name() {
        return Conversations.NAME;
    }

    @Override
    public CxoneTarget make(Settings settings) {
        return new Conversations(HttpAddress.required(
                settings, "cxone.base-url", "the address of CXone, for example https://api.example.com"));
    }
}
