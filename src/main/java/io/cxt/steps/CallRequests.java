package io.cxt.steps;

import io.cxt.cxone.ClaimedCall;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.InDoubt;
import io.cxt.transcript.Part;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/** Writes the requests of calls: one that takes a part, or one that asks whether CXone has it. */
final class CallRequests {
    private final CxoneSettings settings;

    CallRequests(CxoneSettings settings) {
        this.settings = settings;
    }

    /**
     * Sets the headers that are not the same for every part, and notes what the claim stands for.
     *
     * @param lastConversation of the parts before; null for none
     * @return the body; null for a call that asks whether CXone has the part
     */
    byte @Nullable [] write(PartInFlight call, @Nullable String lastConversation, Map<String, Object> headers) {
        Part.Call lookUp = asks(call) ? settings.target().lookUp(call.part()) : null;
        call.ask(lookUp != null);
        Part.Call own = lookUp == null ? call.part().call() : lookUp;
        // As camel-http's own value: Camel would look through all its converters to convert a text, for each call.
        HttpMethods method = own == null ? HttpMethods.POST : HttpMethods.valueOf(own.method());
        String path =
                own == null ? settings.target().callPath() : own.path(Objects.requireNonNullElse(lastConversation, ""));
        String address = settings.baseUrl() + path;
        headers.put(Exchange.HTTP_METHOD, method);
        if (own != null) {
            headers.put(Exchange.HTTP_URI, address);
        }
        headers.put("Authorization", call.authorization());
        String key = lookUp == null ? call.part().idempotencyKey() : null;
        if (key != null) {
            headers.put("Idempotency-Key", key);
        }
        byte[] body = lookUp == null ? call.part().payload() : null;
        call.claimed(new ClaimedCall(method.name(), URI.create(address), call.authorization(), key, body));
        return body;
    }

    /** True when the next call asks whether CXone has the part. */
    boolean asks(PartInFlight call) {
        boolean wanted = settings.inDoubt() == InDoubt.LOOKUP || call.duplicate() != null;
        return wanted
                && call.delivery().doubted()
                && !call.knownMissing()
                && settings.target().lookUp(call.part()) != null;
    }
}
