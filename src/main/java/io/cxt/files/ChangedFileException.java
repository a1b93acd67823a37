package io.cxt.files;

import java.io.IOException;

/** A file became something else while it was read. What was read of it holds; the rest has to be read anew. */
public final class ChangedFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public ChangedFileException(String what) {
        super(what);
    }
}
