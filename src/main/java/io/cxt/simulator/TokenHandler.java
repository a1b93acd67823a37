package io.cxt.simulator;

import java.io.IOException;

/** Sign-in: what a grant answers, or a scripted fault. */
public record TokenHandler(StandInState state, Grant grant) {
    private static final int MOST_BYTES = 65_536;

    /** Checks one kind of sign-in. */
    @FunctionalInterface
    public interface Grant {
        /** 200 with a token, or a refusal. */
        Reply signIn(Request request, byte[] body);
    }

    /** @throws IOException when the caller gets a TCP reset in place of an answer */
    public Reply handle(Request request) throws IOException {
        Fault fault = state.signInScript.poll();
        if (fault != null && fault.beforeBody()) {
            state.signInsRefused.increment();
            throw new IOException("no answer, as scripted");
        }
        byte[] body = request.body(MOST_BYTES);
        if (body == null) {
            body = new byte[0];
        }
        Reply reply = null;
        if (fault == null || fault.accepts()) {
            reply = grant.signIn(request, body);
            boolean signedIn = reply.status() == 200;
            (signedIn ? state.signIns : state.signInsRefused).increment();
            if (fault == null || !signedIn) {
                return reply;
            }
        } else {
            state.signInsRefused.increment();
        }
        Pause.millis(fault.delayMillis());
        if (fault.silent()) {
            throw new IOException("no answer, as scripted");
        }
        return fault.reply(reply, new byte[0]); // the body holds the secret: it is not quoted
    }
}
