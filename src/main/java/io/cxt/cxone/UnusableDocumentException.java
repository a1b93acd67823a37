package io.cxt.cxone;

import java.io.IOException;

/** A public document of CXone does not say what it has to. The message names the document and what is missing. */
public final class UnusableDocumentException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnusableDocumentException(String message) {
        super(message);
    }
}
